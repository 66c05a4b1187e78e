//go:build !synctests

package scenario_test

const durable = false
