package health

import (
	"fmt"
	"regexp"
	"runtime/metrics"
	"strings"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/pm"
)

const (
	// maxSteps bounds the instructions of one run. The longest run of Argo CD's own tests takes a few thousand.
	maxSteps = 500_000
	// maxText bounds a text that a script makes, maxSubject one that it searches, maxPattern what it searches for; in bytes.
	maxText    = 1 << 20
	maxSubject = 64 << 10
	maxPattern = 1 << 10
	// maxGrowth bounds by how much the heap grows during one run.
	maxGrowth = 96 << 20
	// lookEvery is after how many instructions the heap is looked at.
	lookEvery = 64
	// concatName is the global that carries out `..`; no script can write it as a name.
	concatName = "(..)"
)

// allowed are the functions that scripts have: none of them reads, writes, loads or runs anything.
var allowed = map[string][]string{
	lua.BaseLibName: {
		"assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "rawequal", "rawget", "rawset", "select", "setmetatable", "tonumber",
		"tostring", "type", "unpack", "xpcall", "_VERSION",
	},
	lua.TabLibName:    {"concat", "getn", "insert", "maxn", "remove", "sort"},
	lua.StringLibName: {"byte", "char", "find", "format", "gmatch", "gsub", "len", "lower", "match", "rep", "reverse", "sub", "upper"},
	lua.MathLibName: {
		"abs", "acos", "asin", "atan", "atan2", "ceil", "cos", "cosh", "deg", "exp", "floor", "fmod", "frexp", "huge", "ldexp", "log", "log10", "max",
		"min", "mod", "modf", "pi", "pow", "rad", "sin", "sinh", "sqrt", "tan", "tanh",
	},
	lua.OsLibName: {"date", "difftime", "time"},
}

func init() {
	// A table with one element far out would take memory for all before it.
	lua.MaxArrayIndex = 1 << 16
}

// sandbox is a fresh interpreter with what is allowed, and bounds on what that may use. Runs share the functions, which nothing can change: a run
// has tables of its own, empty ones that look into the shared ones.
func sandbox() *lua.LState {
	l := lua.NewState(lua.Options{
		SkipOpenLibs: true, RegistrySize: 512, RegistryMaxSize: 16 << 10, RegistryGrowStep: 1024, CallStackSize: 200, MinimizeStackMemory: true,
	})
	globals := l.Get(lua.GlobalsIndex).(*lua.LTable)
	for name, metatable := range library() {
		table := globals
		if name != lua.BaseLibName {
			table = l.NewTable()
			globals.RawSetString(name, table)
		}
		table.Metatable = metatable
	}
	globals.RawSetString("_G", globals)
	l.SetMetatable(lua.LString(""), library()[lua.StringLibName])
	l.SetContext(newMeter())
	return l
}

// library has for each library of Lua's a metatable that looks into what is allowed of it, and that scripts cannot get at. The functions that
// make or search long texts are behind their limits.
var library = sync.OnceValue(func() map[string]*lua.LTable {
	l := lua.NewState(lua.Options{SkipOpenLibs: true})
	open := func(name string, open lua.LGFunction) *lua.LTable {
		l.Push(l.NewFunction(open))
		l.Push(lua.LString(name))
		l.Call(1, 1)
		table := l.NewTable()
		for _, function := range allowed[name] {
			table.RawSetString(function, l.GetField(l.Get(-1), function))
		}
		l.Pop(1)
		return table
	}
	base, texts, tables := open(lua.BaseLibName, lua.OpenBase), open(lua.StringLibName, lua.OpenString), open(lua.TabLibName, lua.OpenTable)
	bound(l, base, texts, tables)
	out := map[string]*lua.LTable{}
	for name, table := range map[string]*lua.LTable{
		lua.BaseLibName: base, lua.StringLibName: texts, lua.TabLibName: tables,
		lua.MathLibName: open(lua.MathLibName, lua.OpenMath), lua.OsLibName: open(lua.OsLibName, lua.OpenOs),
	} {
		out[name] = l.NewTable()
		out[name].RawSetString("__index", table)
		out[name].RawSetString("__metatable", lua.LFalse)
	}
	return out
})

// bound puts the functions that make or search long texts behind their limits, and adds what Argo CD's scripts expect.
func bound(l *lua.LState, base, texts, tables *lua.LTable) {
	before := func(table *lua.LTable, name string, check func(l *lua.LState)) {
		inner := table.RawGetString(name).(*lua.LFunction).GFunction
		table.RawSetString(name, l.NewFunction(func(l *lua.LState) int {
			check(l)
			return inner(l)
		}))
	}
	before(texts, "rep", func(l *lua.LState) { checkText(l, float64(len(l.CheckString(1)))*float64(l.CheckNumber(2))) })
	before(texts, "format", checkFormat)
	before(texts, "find", checkSearch)
	before(texts, "match", checkSearch)
	before(tables, "concat", checkConcat)
	before(tables, "sort", func(l *lua.LState) { charge(l, l.CheckTable(1).Len()) })
	gmatch := texts.RawGetString("gmatch")
	texts.RawSetString("gmatch", l.NewFunction(func(l *lua.LState) int {
		checkSearch(l)
		l.Insert(gmatch, 1)
		l.Call(2, lua.MultRet)
		return l.GetTop()
	}))
	texts.RawSetString("gsub", l.NewFunction(gsub))
	base.RawSetString(concatName, l.NewFunction(concat))
	base.RawSetString("print", l.NewFunction(func(*lua.LState) int { return 0 }))
	base.RawSetString("require", l.NewFunction(require))
}

// require gives what is there already; some scripts ask for `os`.
func require(l *lua.LState) int {
	name := l.CheckString(1)
	if name == lua.BaseLibName || allowed[name] == nil {
		l.RaiseError("module %s is not allowed", name)
	}
	l.Push(l.GetGlobal(name))
	return 1
}

func checkText(l *lua.LState, bytes float64) {
	if bytes > maxText {
		l.RaiseError("a text of more than %d bytes", maxText)
	}
}

var wide = regexp.MustCompile(`%[^a-zA-Z%]*(?:[0-9]{3}|[*\[])`)

// checkFormat refuses wide columns, and more text than there may be.
func checkFormat(l *lua.LState) {
	format, longest := l.CheckString(1), 0
	if wide.MatchString(format) {
		l.RaiseError("invalid format (width or precision too long)")
	}
	for i := 2; i <= l.GetTop(); i++ {
		longest = max(longest, len(lua.LVAsString(l.Get(i))))
	}
	checkText(l, float64(len(format))+float64(strings.Count(format, "%"))*float64(longest+128))
}

func checkConcat(l *lua.LState) {
	table, separator, total := l.CheckTable(1), len(l.OptString(2, "")), 0
	for i := range table.Len() {
		total += len(lua.LVAsString(table.RawGetInt(i+1))) + separator
	}
	checkText(l, float64(total))
}

func concat(l *lua.LState) int {
	var out strings.Builder
	for i := 1; i <= l.GetTop(); i++ {
		value := l.Get(i)
		if !lua.LVCanConvToString(value) {
			l.RaiseError("attempt to concatenate a %s value", value.Type())
		}
		text := lua.LVAsString(value)
		checkText(l, float64(out.Len()+len(text)))
		out.WriteString(text)
	}
	l.Push(lua.LString(out.String()))
	return 1
}

// meter counts the instructions of a run: the interpreter asks for Done before each. It is a context that ends when they are used up.
type meter struct {
	steps, base int
	sample      []metrics.Sample
	over        chan struct{}
	why         error
}

var ended = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

func newMeter() *meter {
	m := &meter{sample: []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}}
	m.base = m.heap()
	return m
}

func (m *meter) heap() int {
	metrics.Read(m.sample)
	return int(m.sample[0].Value.Uint64())
}

// charge counts work that is more than one instruction's.
func charge(l *lua.LState, steps int) {
	if m, ok := l.Context().(*meter); ok {
		m.steps += steps
	}
}

// Done is a channel that is closed when the run must end.
func (m *meter) Done() <-chan struct{} {
	m.steps++
	if m.why == nil && m.steps > maxSteps {
		m.over, m.why = ended, fmt.Errorf("it takes more than %d steps", maxSteps)
	}
	if m.why == nil && m.steps%lookEvery == 0 && m.heap()-m.base > maxGrowth {
		m.over, m.why = ended, fmt.Errorf("it takes more than %d MiB of memory", maxGrowth>>20)
	}
	return m.over
}

// Err says why the run must end.
func (m *meter) Err() error { return m.why }

// Deadline is none: the same script always gets as far.
func (m *meter) Deadline() (time.Time, bool) { return time.Time{}, false }

// Value is none.
func (m *meter) Value(any) any { return nil }

// checkSearch bounds what patterns are matched with: how long that takes nobody counts.
func checkSearch(l *lua.LState) {
	subject := l.CheckString(1)
	if len(subject) > maxSubject || len(l.CheckString(2)) > maxPattern {
		l.RaiseError("a text of more than %d bytes, or a pattern of more than %d, to search", maxSubject, maxPattern)
	}
	charge(l, len(subject)/16)
}

// gsub is string.gsub with a bound on what comes out, in one pass.
func gsub(l *lua.LState) int {
	checkSearch(l)
	subject, replacement := l.CheckString(1), l.CheckAny(3)
	matches, err := pm.Find(l.CheckString(2), []byte(subject), 0, l.OptInt(4, -1))
	if err != nil {
		l.RaiseError("%s", err.Error())
	}
	var out strings.Builder
	end := 0
	for _, match := range matches {
		out.WriteString(subject[end:match.Capture(0)])
		out.WriteString(replaced(l, subject, match, replacement))
		end = match.Capture(1)
		checkText(l, float64(out.Len()))
	}
	l.Push(lua.LString(out.String() + subject[end:]))
	l.Push(lua.LNumber(len(matches)))
	return 2
}

// replaced is what stands in the place of a match.
func replaced(l *lua.LState, subject string, match *pm.MatchData, replacement lua.LValue) string {
	first := captures(subject, match)
	var value lua.LValue
	switch r := replacement.(type) {
	case lua.LString, lua.LNumber:
		return expanded(l, lua.LVAsString(r), subject, match)
	case *lua.LTable:
		value = l.GetTable(r, first[0])
	case *lua.LFunction:
		l.Push(r)
		for _, capture := range first {
			l.Push(capture)
		}
		l.Call(len(first), 1)
		value = l.Get(-1)
		l.Pop(1)
	default:
		l.ArgError(3, "string, table or function expected")
	}
	switch {
	case lua.LVIsFalse(value):
		return subject[match.Capture(0):match.Capture(1)]
	case !lua.LVCanConvToString(value):
		l.RaiseError("invalid replacement value (a %s)", value.Type())
	}
	return lua.LVAsString(value)
}

// captures are those of a match, or all of it where it has none.
func captures(subject string, match *pm.MatchData) []lua.LValue {
	from := 2
	if match.CaptureLength() <= 2 {
		from = 0
	}
	var out []lua.LValue
	for i := from; i < match.CaptureLength(); i += 2 {
		out = append(out, capture(subject, match, i))
	}
	return out
}

func capture(subject string, match *pm.MatchData, i int) lua.LValue {
	if match.IsPosCapture(i) {
		return lua.LNumber(match.Capture(i))
	}
	return lua.LString(subject[match.Capture(i):match.Capture(i+1)])
}

// expanded is a replacement with its %0 to %9.
func expanded(l *lua.LState, text, subject string, match *pm.MatchData) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '%' || i+1 == len(text) {
			out.WriteByte(text[i])
			continue
		}
		i++
		if text[i] < '0' || text[i] > '9' {
			out.WriteByte(text[i])
			continue
		}
		index := 2 * int(text[i]-'0')
		if index == 2 && match.CaptureLength() == 2 {
			index = 0
		}
		if index >= match.CaptureLength() {
			l.RaiseError("invalid capture index")
		}
		out.WriteString(lua.LVAsString(capture(subject, match, index)))
		checkText(l, float64(out.Len()))
	}
	return out.String()
}
