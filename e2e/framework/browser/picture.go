package browser

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/chromedp/chromedp"
)

// best is the quality of pictures that lose nothing.
const best = 100

// Window writes what the window shows now, as a PNG file. Its folder is made.
func (p *Page) Window(ctx context.Context, file string) error {
	return p.picture(ctx, file, chromedp.CaptureScreenshot())
}

// Whole writes a picture of the whole page, with what one would have to scroll to.
func (p *Page) Whole(ctx context.Context, file string) error {
	return p.picture(ctx, file, chromedp.FullScreenshot(best))
}

func (p *Page) picture(ctx context.Context, file string, taken chromedp.Action[[]byte]) error {
	content, err := act(ctx, p, "taking a picture", taken)
	if err != nil {
		return err
	}
	return write(file, content)
}

// Print writes the page as it would be printed, as a PDF file.
func (p *Page) Print(ctx context.Context, file string) error {
	content, err := act(ctx, p, "printing", chromedp.PrintToPDF(chromedp.PDFPrintBackground()))
	if err != nil {
		return err
	}
	return write(file, content)
}

func write(file string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		return fmt.Errorf("keeping a picture: %w", err)
	}
	if err := os.WriteFile(file, content, 0o600); err != nil {
		return fmt.Errorf("keeping a picture: %w", err)
	}
	return nil
}
