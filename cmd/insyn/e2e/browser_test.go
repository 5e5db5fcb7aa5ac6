package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// surfer is a real browser, headless, with a profile of its own.
type surfer struct {
	t         *testing.T
	ctx       context.Context
	base      string
	downloads string
	shots     *int
	started   bool
}

// newSurfer starts a browser at a site. shots numbers the screenshots of all browsers of a walk.
func newSurfer(t *testing.T, base string, shots *int) *surfer {
	t.Helper()
	path := need(t, "chromium", "chromium-browser", "google-chrome")
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.Flag("lang", "en")}
	for _, f := range []string{"headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking", "disable-component-update", "disable-sync", "disable-dev-shm-usage"} {
		options = append(options, chromedp.Flag(f, true))
	}
	alloc, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	s := &surfer{t: t, ctx: ctx, base: base, downloads: t.TempDir(), shots: shots}
	s.do(chromedp.EmulateViewport(1280, 900)) // the first action starts the browser
	dialogs := chromedp.Events(ctx, page.JavascriptDialogOpening)
	go func() {
		for _, err := range dialogs { // a destructive button asks once more
			if err != nil {
				return
			}
			_, _ = chromedp.Call(ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}
	}()
	_, err := chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: s.downloads})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// do runs actions and fails the test with the page as it is when one of them fails.
func (s *surfer) do(actions ...chromedp.Action[chromedp.Void]) {
	s.t.Helper()
	ctx, cancel := s.within(30 * time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		s.t.Fatalf("browser: %v\nat %s:\n%s", err, s.path(), last(s.text(), 1500))
	}
}

// within bounds an action. The first one starts the browser, which lives as long as its context, so that has no bound.
func (s *surfer) within(limit time.Duration) (context.Context, context.CancelFunc) {
	if !s.started {
		s.started = true
		return s.ctx, func() {}
	}
	return context.WithTimeout(s.ctx, limit)
}

// js evaluates an expression in the page.
func js[T any](s *surfer, expression string) (T, error) {
	ctx, cancel := s.within(5 * time.Second)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression))
}

func (s *surfer) text() string {
	out, _ := js[string](s, `document.body ? document.body.innerText : ""`)
	return out
}

func (s *surfer) path() string {
	out, _ := js[string](s, `location.pathname`)
	return out
}

// visit opens a page of the site. A page that loads itself again in the same moment ends the way there, once.
func (s *surfer) visit(path string) {
	s.t.Helper()
	ctx, cancel := s.within(30 * time.Second)
	err := chromedp.Do(ctx, chromedp.Navigate(s.base+path))
	cancel()
	if err != nil && strings.Contains(err.Error(), "net::ERR_ABORTED") {
		s.do(chromedp.Navigate(s.base + path))
		return
	}
	if err != nil {
		s.t.Fatalf("browser: %v\nat %s:\n%s", err, s.path(), last(s.text(), 1500))
	}
}

// press clicks something that leads to another page, and waits for that.
func (s *surfer) press(selector string) {
	s.t.Helper()
	s.look(selector)
	if _, err := js[bool](s, `window.walked = true`); err != nil {
		s.t.Fatal(err)
	}
	s.do(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
	s.await("no new page after "+selector, func() bool {
		ready, err := js[bool](s, `window.walked !== true && document.readyState === "complete"`)
		return err == nil && ready
	})
}

// look brings an element into the middle of the window, as somebody who reads down to it would.
func (s *surfer) look(selector string) {
	s.t.Helper()
	if _, err := js[bool](s, fmt.Sprintf(`document.querySelector(%q).scrollIntoView({block: "center"}) === undefined`, selector)); err != nil {
		s.t.Fatalf("%s has no %s: %v\n%s", s.path(), selector, err, last(s.text(), 1500))
	}
}

// fill types into a field.
func (s *surfer) fill(selector, value string) {
	s.t.Helper()
	if _, err := js[string](s, fmt.Sprintf(`document.querySelector(%q).value = ""`, selector)); err != nil {
		s.t.Fatalf("%s: no %s: %v", s.path(), selector, err)
	}
	s.do(chromedp.SendKeys(chromedp.CSS(selector), value))
}

// pick chooses a radio button or a box, or follows a link that leads to a file.
func (s *surfer) pick(selector string) {
	s.t.Helper()
	s.look(selector)
	s.do(chromedp.Click(chromedp.CSS(selector)))
}

func (s *surfer) await(what string, check func() bool) {
	s.t.Helper()
	for end := time.Now().Add(30 * time.Second); !check(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("%s\nat %s:\n%s", what, s.path(), last(s.text(), 1500))
		}
	}
}

// reads fails the test unless the page says all of the texts.
func (s *surfer) reads(texts ...string) {
	s.t.Helper()
	got := strings.Join(strings.Fields(s.text()), " ")
	for _, want := range texts {
		if !strings.Contains(strings.ToLower(got), strings.ToLower(want)) {
			s.t.Errorf("%s does not say %q:\n%s", s.path(), want, last(got, 1500))
		}
	}
}

// shot keeps a picture of the page at desk and phone width, where INSYN_SCREENSHOTS names a folder. No page may be wider
// than a phone.
func (s *surfer) shot(name string) {
	s.t.Helper()
	*s.shots++
	for _, width := range []int64{1280, 390} {
		s.do(chromedp.EmulateViewport(width, 900))
		if wide, err := js[bool](s, `document.documentElement.scrollWidth > window.innerWidth + 1`); err != nil || wide {
			s.t.Errorf("%s is wider than %d pixels (%v)", s.path(), width, err)
		}
		dir := os.Getenv("INSYN_SCREENSHOTS")
		if dir == "" {
			continue
		}
		// A window as high as the page: what was never scrolled to is not painted.
		height, err := js[int64](s, `document.documentElement.scrollHeight`)
		if err != nil {
			s.t.Fatal(err)
		}
		s.do(chromedp.EmulateViewport(width, min(max(height, 900), 12000)))
		ctx, cancel := s.within(30 * time.Second)
		png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		cancel()
		if err != nil {
			s.t.Fatal(err)
		}
		file := filepath.Join(dir, fmt.Sprintf("%02d-%s-%d.png", *s.shots, name, width))
		if err := os.WriteFile(file, png, 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	s.do(chromedp.EmulateViewport(1280, 900))
}

// login opens the admin pages as somebody.
func (s *surfer) login(email string) {
	s.t.Helper()
	s.visit("/login")
	s.fill(`form[action="/login"] input[name=email]`, email)
	s.fill(`form[action="/login"] input[name=password]`, password)
	s.press(`form[action="/login"] .do button`)
	if s.path() == "/login" {
		s.t.Fatalf("login: %s", s.text())
	}
}

// search searches and goes to the card of the first person of the CRM.
func (s *surfer) search(text string) {
	s.t.Helper()
	s.visit("/search")
	s.fill("#query", text)
	s.press(`main form[action="/search"] button`)
}

// unfold opens all that is folded.
func (s *surfer) unfold() {
	s.t.Helper()
	if _, err := js[bool](s, `document.querySelectorAll("details").forEach(d => d.open = true) === undefined`); err != nil {
		s.t.Fatal(err)
	}
}

// count is how many elements of the main part match.
func (s *surfer) count(selector string) int {
	s.t.Helper()
	n, err := js[int](s, fmt.Sprintf(`document.querySelectorAll("main "+%q).length`, selector))
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}
