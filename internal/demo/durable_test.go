//go:build synctests

package demo

const durable = true
