package adminweb

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
)

//go:embed assets
var assetFiles embed.FS

// assetSet is our style sheet and scripts, each under an address that changes with its content.
type assetSet struct {
	paths map[string]string // style.css -> /assets/style.0123abcd.css
	files map[string][]byte
}

func loadAssets() (*assetSet, error) {
	a := &assetSet{paths: map[string]string{}, files: map[string][]byte{}}
	entries, err := fs.ReadDir(assetFiles, "assets")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		b, err := assetFiles.ReadFile("assets/" + e.Name())
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(b)
		ext := path.Ext(e.Name())
		stamped := e.Name()[:len(e.Name())-len(ext)] + "." + hex.EncodeToString(sum[:4]) + ext
		a.paths[e.Name()] = "/assets/" + stamped
		a.files[stamped] = b
	}
	return a, nil
}

func (a *assetSet) path(name string) string { return a.paths[name] }

func (a *assetSet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	b, ok := a.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	types := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
	w.Header().Set("Content-Type", types[path.Ext(name)])
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(b)
}
