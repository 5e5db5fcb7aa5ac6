package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"insyn/internal/dsar"
	"insyn/internal/receipt"
	"insyn/internal/seal"
)

func receiptCommand() command {
	return command{
		name:    "receipt",
		summary: "show or verify the signed receipt of an erasure",
		usage: `insyn receipt show ID [--json | --pdf FILE] [--language sv|en]
insyn receipt verify FILE [--key FILE] [--quiet]
insyn receipt key [--json]

A receipt says what an erasure did, in counts, and names nobody. It is signed when the search after the erasure finds nothing
left: JWS (RFC 7515, EdDSA) over the canonical form of the document (RFC 8785).
  show     prints it in words; --json prints the signed document as it was stored; --pdf writes the page for printing, - to
           the standard output
  verify   tells whether the document in FILE (- is the standard input) is unchanged and signed by the key in --key, a
           public key in PEM or as a JSON Web Key. It needs no database. Without --key it takes the key of INSYN_KEY
  key      prints the public key that receipts of this installation are signed with, in PEM; --json as a JSON Web Key
Exit codes: 0 shown, or the signature holds; 1 it does not, or there is no receipt; 2 wrong call.`,
		run: runReceipt,
	}
}

func runReceipt(ctx context.Context, a *app, args []string) error {
	if len(args) == 0 {
		return wrongCall("say what to do")
	}
	switch verb, rest := args[0], args[1:]; verb {
	case "show":
		return a.showReceipt(ctx, rest)
	case "verify":
		return a.verifyReceipt(rest)
	case "key":
		return a.receiptKey(rest)
	}
	return wrongCall("there is no %q", args[0])
}

func (a *app) showReceipt(ctx context.Context, args []string) error {
	fs := flags("receipt show")
	asJSON := fs.Bool("json", false, "")
	file := fs.String("pdf", "", "")
	lang := fs.String("language", "sv", "")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	id, err := number(rest, "request")
	if err != nil {
		return err
	}
	if *asJSON && *file != "" {
		return wrongCall("give --json or --pdf, not both")
	}
	if *lang != "sv" && *lang != "en" {
		return wrongCall("--language is sv or en")
	}
	p, err := a.parts(ctx, procWeb)
	if err != nil {
		return err
	}
	defer p.close()
	signed, err := receipt.Load(ctx, p.pool, id)
	if errors.Is(err, dsar.ErrNotFound) {
		return fmt.Errorf("request %d has no receipt: it is signed when the search after an erasure finds nothing left", id)
	}
	if err != nil {
		return err
	}
	if *asJSON {
		_, err = a.stdout.Write(signed)
		return err
	}
	texts, err := p.texts()
	if err != nil {
		return err
	}
	d, err := receipt.Read(signed)
	if err != nil {
		return err
	}
	page := receipt.Words{Texts: texts, Lang: *lang}.Page(d, receipt.Kid(signed))
	if *file == "" {
		return page.Text(a.stdout)
	}
	var b bytes.Buffer
	if err := page.PDF(&b, d.SignedAt); err != nil {
		return err
	}
	if *file == "-" {
		_, err = b.WriteTo(a.stdout)
		return err
	}
	if err := os.WriteFile(*file, b.Bytes(), 0o600); err != nil {
		return fmt.Errorf("write the PDF: %w", err)
	}
	return nil
}

// maxReceipt bounds what verify reads: a receipt has a few thousand bytes.
const maxReceipt = 4 << 20

func (a *app) verifyReceipt(args []string) error {
	fs := flags("receipt verify")
	keyFile := fs.String("key", "", "")
	quiet := fs.Bool("quiet", false, "")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return wrongCall("give one file")
	}
	key, err := a.publicKey(*keyFile)
	if err != nil {
		return err
	}
	signed, err := a.read(rest[0])
	if err != nil {
		return err
	}
	d, err := receipt.Verify(signed, key)
	if err != nil {
		return err
	}
	if *quiet {
		return nil
	}
	kid, err := receipt.KeyID(key)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "the signature holds: receipt of case %d, %s, signed %s by key %s\n",
		d.Request.Number, d.Controller.Name, d.SignedAt.UTC().Format("2006-01-02 15:04:05 MST"), kid)
	return err
}

// publicKey is the key in a file, or the own one. The key that stands in the document itself proves nothing.
func (a *app) publicKey(file string) (ed25519.PublicKey, error) {
	if file != "" {
		b, err := a.read(file)
		if err != nil {
			return nil, err
		}
		key, err := receipt.ParseKey(b)
		if err != nil {
			return nil, fmt.Errorf("--key: %w", err)
		}
		return key, nil
	}
	private, err := a.receiptSigner()
	if err != nil {
		return nil, err
	}
	if private == nil {
		return nil, wrongCall("give --key, the public key that the company has published: the key inside a document only says whose it claims to be")
	}
	return private.Public().(ed25519.PublicKey), nil
}

// receiptSigner is the key that INSYN_KEY gives; nil where it is not set.
func (a *app) receiptSigner() (ed25519.PrivateKey, error) {
	text, err := a.env.lookup("", "INSYN_KEY")
	if err != nil || text == "" {
		return nil, err
	}
	master, err := seal.ParseKey(text)
	if err != nil {
		return nil, fmt.Errorf("INSYN_KEY: %w", err)
	}
	keys, err := seal.New(master)
	if err != nil {
		return nil, err
	}
	return keys.Receipt(), nil
}

func (a *app) receiptKey(args []string) error {
	fs := flags("receipt key")
	asJSON := fs.Bool("json", false, "")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return wrongCall("unexpected %q", rest[0])
	}
	private, err := a.receiptSigner()
	if err != nil {
		return err
	}
	if private == nil {
		return errors.New("INSYN_KEY is not set: the key of receipts is derived from it")
	}
	write := receipt.PEM
	if *asJSON {
		write = receipt.JWK
	}
	b, err := write(private.Public().(ed25519.PublicKey))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.stdout, strings.TrimSpace(string(b)))
	return err
}

// read reads a file, or the standard input for "-".
func (a *app) read(file string) ([]byte, error) {
	from := a.stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, fmt.Errorf("read the file: %w", err)
		}
		defer func() { _ = f.Close() }()
		from = f
	}
	b, err := io.ReadAll(io.LimitReader(from, maxReceipt))
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	return b, nil
}
