package health

import (
	"encoding/json"
	"strings"
	"testing"
)

func repositoryRules(t *testing.T, list ...Rule) *Rules {
	t.Helper()
	raw, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewRules(raw)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const widget = `{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"},"spec":{"size":3},"status":{"phase":"Ready"}}`

func TestHostileScriptsAreErrorsOfTheirObjectOnly(t *testing.T) {
	long := `local long = ("x"):rep(100000) `
	for name, c := range map[string]struct{ script, message string }{
		"an endless loop":                     {"while true do end", "500000 steps"},
		"an endless loop that catches errors": {"while true do pcall(function() while true do end end) end", "500000 steps"},
		"a long loop":                         {"for i = 1, 1e18 do end", "500000 steps"},
		"a text that doubles":                 {`local s = "x" while true do s = s .. s end`, "more than 1048576 bytes"},
		"a text that doubles within a chain":  {`local s = "x" while true do s = "a" .. s .. s .. 1 end`, "more than 1048576 bytes"},
		"a repeated text":                     {`return {status = string.rep("x", 1e9)}`, "more than 1048576 bytes"},
		"a text repeated by its method":       {`return {status = ("x"):rep(1e18)}`, "more than 1048576 bytes"},
		"a wide column":                       {`return {status = string.format("%999999d", 1)}`, "width or precision too long"},
		"a long precision":                    {`return {status = string.format("%.999999f", 1)}`, "width or precision too long"},
		"a text formatted many times":         {long + `return {status = string.format(("%s"):rep(100), unpack({long}))}`, "more than 1048576 bytes"},
		"a text replaced by longer ones":      {long + `return {status = (("x"):rep(1000)):gsub("x", long)}`, "more than 1048576 bytes"},
		"a text replaced by a function":       {long + `return {status = (("x"):rep(1000)):gsub("x", function() return long end)}`, "more than 1048576 bytes"},
		"a text replaced by a table":          {long + `return {status = (("x"):rep(1000)):gsub("x", {x = long})}`, "more than 1048576 bytes"},
		"a text replaced by what it captures": {`return {status = (("x"):rep(60000)):gsub("(x+)", ("%1"):rep(100))}`, "more than 1048576 bytes"},
		"a long text that is searched":        {`return {status = string.find(("x"):rep(70000), "y")}`, "to search"},
		"many texts in one":                   {long + `local t = {} for i = 1, 100 do t[i] = long end return {status = table.concat(t)}`, "more than 1048576 bytes"},
		"many long texts":                     {`local t = {} for i = 1, 1e6 do t[i] = ("x"):rep(1000000) .. i end`, "MiB of memory"},
		"many tables with one far element":    {`local t = {} for i = 1, 1e6 do t[i] = {} t[i][65000] = 1 end`, "MiB of memory"},
		"many values":                         {`return {status = select("#", unpack({}, 1, 2e9))}`, "registry overflow"},
		"a recursion":                         {"local function f() return 1 + f() end return f()", "stack overflow"},
		"a recursion that catches errors":     {"local function f() pcall(f) error('x') end f()", "x"},
		"a recursion through an index":        {"local t t = setmetatable({}, {__index = function(_, k) return t[k] end}) return t.x", "stack overflow"},
		"a loop of indexes":                   {"local t = {} setmetatable(t, {__index = t}) return t.x", "too many recursions"},
		"a recursion through a replacement":   {`local function f() return (("x"):gsub("x", f)) end return f()`, "stack overflow"},
		"a program that is run":               {`os.execute("true")`, "non-function"},
		"the end of the process":              {`os.exit(0)`, "non-function"},
		"the environment":                     {`return {status = os.getenv("PATH")}`, "non-function"},
		"a file that is removed":              {`os.remove("/tmp/x")`, "non-function"},
		"a file that is read":                 {`return {status = io.open("/etc/passwd"):read()}`, "non-table"},
		"a file that is run":                  {`dofile("/etc/passwd")`, "non-function"},
		"a text that is run":                  {`loadstring("return 1")()`, "non-function"},
		"a module":                            {`require("io")`, "not allowed"},
		"the base as a module":                {`require("_G")`, "not allowed"},
		"the debugger":                        {`debug.getregistry()`, "non-table"},
		"a coroutine":                         {`coroutine.create(print)`, "non-table"},
		"another environment":                 {`setfenv(1, {})`, "non-function"},
		"a collection of garbage":             {`collectgarbage()`, "non-function"},
		"the methods of all texts":            {`getmetatable("").__index = nil`, "non-table"},
		"a metatable of a library":            {`setmetatable(string, {})`, "protected metatable"},
		"an error that is no text":            {`error({})`, "the script failed"},
		"an error that is nothing":            {`error(nil)`, "the script failed"},
		"a failure within the interpreter":    {`return {status = string.sub(nil)}`, "the script failed"},
		"an object that lacks a field":        {`return {status = obj.status.conditions[1].type}`, "the script failed"},
		"a number":                            {`return 1`, "a number instead of a table"},
		"a status that is none":               {`return {status = "Fine"}`, "invalid health status"},
		"a status that is a table":            {`return {status = {}}`, "invalid health status"},
		"a script that does not parse":        {`return {`, "does not parse"},
		"a long script":                       {"--" + strings.Repeat("x", 70_000), "more than 65536 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			r := repositoryRules(t, Rule{Group: "example.com", Kind: "Widget", Lua: c.script})
			got := r.Assess([]byte(widget))
			if got.Status != Unknown || got.Rule != byRepository || got.Name != "example.com/Widget" || !strings.Contains(got.Message, c.message) {
				t.Errorf("got %+v", got)
			}
			if next := r.Assess([]byte(runningJob)); next.Status != Progressing {
				t.Errorf("the next object is %+v", next)
			}
		})
	}
}

const runningJob = `{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"j"},"status":{"startTime":"2026-01-01T00:00:00Z"}}`

func TestScriptsNestedDeeplyDoNotEndTheProcess(t *testing.T) {
	for name, script := range map[string]string{
		"parentheses": "return " + strings.Repeat("(", 30_000) + "1" + strings.Repeat(")", 30_000),
		"tables":      "return " + strings.Repeat("{", 30_000) + strings.Repeat("}", 30_000),
		"negations":   "return " + strings.Repeat("not ", 15_000) + "1",
		"chains":      "return 1" + strings.Repeat(" .. 1", 10_000),
		"sums":        "return 1" + strings.Repeat("+(1", 15_000) + strings.Repeat(")", 15_000),
		"functions":   strings.Repeat("return function() ", 2_000) + strings.Repeat(" end", 2_000),
		"branches":    "if x then " + strings.Repeat("elseif x then ", 4_000) + "end",
		"blocks":      strings.Repeat("do ", 9_000) + strings.Repeat("end ", 9_000),
	} {
		t.Run(name, func(t *testing.T) {
			// Whatever it says is right.
			got := repositoryRules(t, Rule{Group: "example.com", Kind: "Widget", Lua: script}).Assess([]byte(widget))
			if got.Rule == "" {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestWhatAScriptChangesIsGoneForTheNext(t *testing.T) {
	vandal := `string.len = nil; table = nil; obj.spec = nil; leaked = 1; os.time = nil; tostring = nil; return {status = "Healthy"}`
	r := repositoryRules(t,
		Rule{Group: "example.com", Kind: "Vandal", Lua: vandal},
		Rule{Group: "example.com", Kind: "Widget", Lua: `
			if leaked ~= nil or string.len("abc") ~= 3 or ("abc"):upper() ~= "ABC" or os.time() < 1 then return {status = "Degraded"} end
			return {status = "Healthy", message = table.concat({"size", tostring(obj.spec.size)}, " ")}`},
	)
	if got := r.Assess([]byte(strings.Replace(widget, "Widget", "Vandal", 1))); got.Status != Healthy {
		t.Fatalf("the vandal is %+v", got)
	}
	want := Verdict{Status: Healthy, Message: "size 3", Rule: byRepository, Name: "example.com/Widget"}
	if got := r.Assess([]byte(widget)); got != want {
		t.Errorf("got %+v", got)
	}
}

func TestTheSandboxIsLua(t *testing.T) {
	for script, want := range map[string]string{
		`"a" .. 1 .. "b" .. 2.5`:                               "a1b2.5",
		`("hello world"):gsub("o", "0")`:                       "hell0 w0rld",
		`("hello"):gsub("l+", "<%0>")`:                         "he<ll>o",
		`("k=v, x=y"):gsub("(%w+)=(%w+)", "%2=%1")`:            "v=k, y=x",
		`("hello"):gsub("l", "L", 1)`:                          "heLlo",
		`("$a $b"):gsub("%$(%w+)", {a = "1"})`:                 "1 $b",
		`("abc"):gsub("%w", function(c) return c:upper() end)`: "ABC",
		`("abc"):gsub("", "-")`:                                "-a-b-c-",
		`("100%"):gsub("%%", "%%%%")`:                          "100%%",
		`string.format("%s is %5.2f%% of %d", "x", 1.5, 3)`:    "x is  1.50% of 3",
		`string.match("v1.2", "v(%d+)")`:                       "1",
		`string.rep("ab", 3) .. string.rep("x", -1)`:           "ababab",
		`table.concat({1, 2, 3}, ", ")`:                        "1, 2, 3",
		`require("string").upper("a")`:                         "A",
		`tostring(getmetatable(""))`:                           "false",
		`(function() local s = "" for w in ("a b"):gmatch("%a") do s = s .. w end return s end)()`:                     "ab",
		`(function() local t = {3, 1, 2} table.sort(t, function(a, b) return a > b end) return table.concat(t) end)()`: "321",
	} {
		r := repositoryRules(t, Rule{Group: "example.com", Kind: "Widget", Lua: "local text = " + script + ` return {status = "Healthy", message = text}`})
		if got := r.Assess([]byte(widget)); got.Status != Healthy || got.Message != want {
			t.Errorf("%s gives %+v, want %q", script, got, want)
		}
	}
}
