//go:build linux && !amd64 && !arm64

package lockdown

var denied []uint32
