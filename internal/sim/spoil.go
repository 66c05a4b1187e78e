package sim

import (
	"encoding/binary"
	"fmt"
	"net"
	"reflect"
	"sync"

	"github.com/twmb/franz-go/pkg/kbin"
	"github.com/twmb/franz-go/pkg/kmsg"
)

const keyFetch = int16(kmsg.Fetch)

// spoil is something that happens to the answers of requests that were applied.
type spoil struct {
	key  int16
	code int16 // put in place of every error code in the answer; 0: the connection breaks
	left int   // how many answers
}

// spoils are those that a run has in store, for all processes.
type spoils struct {
	mu   sync.Mutex
	list []*spoil
	hits int
}

func (s *spoils) add(one spoil) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, &one)
}

// clear ends what is left and returns how many answers were spoilt.
func (s *spoils) clear() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = nil
	return s.hits
}

// take returns what happens to the answer of a request with that key.
func (s *spoils) take(key int16) *spoil {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.list {
		if one.key == key && one.left > 0 {
			one.left--
			s.hits++
			return one
		}
	}
	return nil
}

// spoil returns the response as the process is to see it.
func (s *spoils) spoil(r request, frame []byte) ([]byte, error) {
	one := s.take(r.key)
	if one == nil {
		return frame, nil
	}
	if one.code == 0 {
		return nil, net.ErrClosed
	}
	return withCode(r, frame, one.code)
}

// withCode puts an error code wherever the response has one.
func withCode(r request, frame []byte, code int16) ([]byte, error) {
	resp := kmsg.ResponseForKey(r.key)
	resp.SetVersion(r.version)
	tagged := resp.IsFlexible() && r.key != int16(kmsg.ApiVersions)
	body := frame[8:]
	if tagged {
		reader := kbin.Reader{Src: body}
		kmsg.SkipTags(&reader)
		body = reader.Src
	}
	if err := resp.ReadFrom(body); err != nil {
		return nil, fmt.Errorf("reading the response of request %d: %w", r.key, err)
	}
	setCodes(reflect.ValueOf(resp).Elem(), code)
	out := append([]byte(nil), frame[:8]...)
	if tagged {
		out = append(out, 0)
	}
	out = resp.AppendTo(out)
	binary.BigEndian.PutUint32(out, uint32(len(out)-4))
	return out, nil
}

// setCodes sets every field that is called ErrorCode, however deep.
func setCodes(v reflect.Value, code int16) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); v.Type().Field(i).Name == "ErrorCode" && f.Kind() == reflect.Int16 {
				f.SetInt(int64(code))
			} else {
				setCodes(f, code)
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Struct {
			for i := range v.Len() {
				setCodes(v.Index(i), code)
			}
		}
	default:
	}
}
