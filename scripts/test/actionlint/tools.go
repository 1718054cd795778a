//go:build tools

// Package tools names the program that scripts/test/workflows.sh builds, so that go.sum pins all of it.
package tools

import _ "github.com/rhysd/actionlint/cmd/actionlint"
