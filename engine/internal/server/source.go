package server

import (
	"encoding/json"
	"fmt"

	"github.com/sluice-gitops/sluice/engine/internal/objects"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
)

// source asks the host for objects over the connection.
type source struct{ conn *protocol.Conn }

// Fetch asks for the objects and waits until each is answered.
func (s source) Fetch(oids []string) (map[string]objects.Raw, error) {
	if err := s.conn.Write(protocol.Need{Type: "need", Oids: oids}, nil); err != nil {
		return nil, hostGone{err}
	}
	got := make(map[string]objects.Raw, len(oids))
	for range oids {
		header, body, err := s.conn.Read()
		if err != nil {
			return nil, hostGone{err}
		}
		var object protocol.Object
		if err := json.Unmarshal(header, &object); err != nil {
			return nil, hostGone{err}
		}
		if object.Type != "object" {
			return nil, hostGone{fmt.Errorf("expected an object, got %q", object.Type)}
		}
		got[object.Oid] = objects.Raw{Kind: object.Kind, Body: body}
	}
	return got, nil
}

// hostGone says that the connection is of no use any more.
type hostGone struct{ error }
