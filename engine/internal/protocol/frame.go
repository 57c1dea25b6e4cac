// Package protocol speaks the frames of PROTOCOL.md.
package protocol

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"sync"
)

// MaxHeader is the largest header in bytes; MaxBody the largest body.
const (
	MaxHeader = 64 << 20
	MaxBody   = 512 << 20
)

// Conn reads and writes frames. One goroutine reads; several may write, as the one that ends a render which is over its time does.
type Conn struct {
	in      *bufio.Reader
	writing sync.Mutex
	out     *bufio.Writer
}

// NewConn makes a connection over the two pipes.
func NewConn(in io.Reader, out io.Writer) *Conn {
	return &Conn{in: bufio.NewReaderSize(in, 1<<16), out: bufio.NewWriterSize(out, 1<<16)}
}

// Read gives the next frame; io.EOF when the host closed the pipe between two frames.
func (c *Conn) Read() (header, body []byte, err error) {
	var sizes [8]byte
	if _, err = io.ReadFull(c.in, sizes[:]); err != nil {
		return nil, nil, err
	}
	h, b := binary.BigEndian.Uint32(sizes[:4]), binary.BigEndian.Uint32(sizes[4:])
	if h > MaxHeader || b > MaxBody {
		return nil, nil, fmt.Errorf("frame too large: header %d bytes, body %d bytes", h, b)
	}
	frame := make([]byte, int(h)+int(b))
	if _, err = io.ReadFull(c.in, frame); err != nil {
		return nil, nil, fmt.Errorf("frame cut short: %w", err)
	}
	return frame[:h:h], frame[h:], nil
}

// Write sends one frame and flushes it.
func (c *Conn) Write(header any, body []byte) error {
	h, err := json.Marshal(header)
	if err != nil {
		return fmt.Errorf("cannot write the header: %w", err)
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	var sizes [8]byte
	binary.BigEndian.PutUint32(sizes[:4], uint32(len(h)))
	binary.BigEndian.PutUint32(sizes[4:], uint32(len(body)))
	for _, part := range [][]byte{sizes[:], h, body} {
		if _, err := c.out.Write(part); err != nil {
			return err
		}
	}
	return c.out.Flush()
}
