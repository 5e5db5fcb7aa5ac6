package file

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// engine gives an instance of PDFium, Chrome's reader, compiled to WebAssembly: no C in our process, no file system, no network, its own bounded
// memory. Of the readers that we tried it alone puts words together that are set in several fonts, and reads protected files.
func engine() (pdfium.Pdfium, error) {
	pool, err := engines()
	if err != nil {
		return nil, err
	}
	in, err := pool.GetInstance(2 * pdfSeconds * time.Second)
	if err != nil {
		return nil, fmt.Errorf("wait for a reader of PDF: %w", err)
	}
	return in, nil
}

// engines are started by the first PDF of a process and stay: compiling takes seconds and 300 MiB, which are then given back (50 MiB stay).
// Two documents at a time, for the memory's sake.
var engines = sync.OnceValues(func() (pdfium.Pool, error) {
	config := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(pdfMemoryPages).
		WithCloseOnContextDone(true)
	if cache := compiled(); cache != nil {
		config = config.WithCompilationCache(cache)
	}
	pool, err := webassembly.Init(webassembly.Config{
		Context: context.Background(), MaxTotal: 2, FSConfig: wazero.NewFSConfig(),
		Stdout: io.Discard, Stderr: io.Discard, RuntimeConfig: config,
	})
	if err != nil {
		return nil, fmt.Errorf("start the reader of PDF: %w", err)
	}
	debug.FreeOSMemory()
	return pool, nil
})

// compiled code is kept in the user's own cache directory, so that the next process starts in 80 ms and without the memory. Nothing of any document
// is in it. Where there is no such directory, each process compiles.
func compiled() wazero.CompilationCache {
	dir, err := os.UserCacheDir()
	if err != nil {
		return nil
	}
	dir = filepath.Join(dir, "insyn", "pdfium")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil
	}
	cache, err := wazero.NewCompilationCacheWithDir(dir)
	if err != nil {
		return nil
	}
	return cache
}
