package client

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
)

const prompt = "> "

// converse translates line by line. Somebody who types is prompted, and goes on after a failure; a script fails with
// the first one. Only translations go to stdout.
func converse(ctx context.Context, t translator, stdin io.Reader, stdout, stderr io.Writer, typed bool) error {
	say := func(format string, args ...any) {
		if typed {
			fmt.Fprintf(stderr, format, args...)
		}
	}
	say("Plimsollian from %s; :quit or Ctrl-D ends.\n", t.address)
	lines := make(chan line)
	go readLines(ctx, stdin, lines) // apart, for a read cannot be interrupted
	for {
		say(prompt)
		select {
		case <-ctx.Done():
			say("\n")
			return ctx.Err()
		case line, more := <-lines:
			if !more {
				say("\n")
				return nil
			}
			if line.err != nil {
				return line.err
			}
			if strings.TrimSpace(line.text) == ":quit" {
				return nil
			}
			err := translateTo(ctx, stdout, t, line.text)
			if err != nil && (!typed || ctx.Err() != nil) {
				return err
			}
			if err != nil {
				say("%s\n", err)
			}
		}
	}
}

type line struct {
	text string
	err  error
}

// readLines sends lines of any length, without their ends, and closes the channel after the last.
func readLines(ctx context.Context, from io.Reader, lines chan<- line) {
	defer close(lines)
	reader := bufio.NewReader(from)
	for {
		text, err := reader.ReadString('\n')
		if err == io.EOF && text == "" {
			return
		}
		if err == io.EOF {
			err = nil
		}
		text = strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
		select {
		case lines <- line{text, err}:
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

func translateTo(ctx context.Context, stdout io.Writer, t translator, text string) error {
	translation, err := t.translate(ctx, text)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, translation)
	return err
}
