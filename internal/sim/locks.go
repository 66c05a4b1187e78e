//go:build !synctests

package sim

// durable says that the client's locks are channels, which the virtual clock of
// testing/synctest understands: a goroutine that waits for an ordinary lock
// stops it. The client has such locks under the build tag "synctests".
const durable = false
