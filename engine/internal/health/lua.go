package health

import (
	"fmt"
	"reflect"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const (
	// maxSource bounds a script in bytes; the longest of Argo CD's has 9 KiB.
	maxSource = 64 << 10
	// maxScripts bounds the compiled scripts that are kept.
	maxScripts = 1024
)

// scripts are the compiled scripts by source. Compiled code does not change, so states share it.
var scripts = map[string]*lua.FunctionProto{}

// compile makes a script ready to run. Its `..` becomes a call of the sandbox's own, which knows how long a text may be.
func compile(source, name string) (*lua.FunctionProto, error) {
	if proto := scripts[source]; proto != nil {
		return proto, nil
	}
	if len(source) > maxSource {
		return nil, fmt.Errorf("the script has more than %d bytes", maxSource)
	}
	chunk, err := parse.Parse(strings.NewReader(source), name)
	if err != nil {
		return nil, fmt.Errorf("the script does not parse: %s", strings.TrimSpace(err.Error()))
	}
	guardConcatenation(reflect.ValueOf(&chunk).Elem())
	proto, err := lua.Compile(chunk, name)
	if err != nil {
		return nil, fmt.Errorf("the script does not compile: %s", err)
	}
	if len(scripts) >= maxScripts {
		clear(scripts)
	}
	scripts[source] = proto
	return proto, nil
}

// guardConcatenation replaces each `a .. b` below v.
func guardConcatenation(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface:
		if c, ok := v.Interface().(*ast.StringConcatOpExpr); ok {
			v.Set(reflect.ValueOf(concatenation(c)))
		}
		guardConcatenation(v.Elem())
	case reflect.Pointer:
		guardConcatenation(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			guardConcatenation(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				guardConcatenation(v.Field(i))
			}
		}
	}
}

// concatenation is `a .. b .. c` as one call.
func concatenation(c *ast.StringConcatOpExpr) ast.Expr {
	call := &ast.FuncCallExpr{Func: &ast.IdentExpr{Value: concatName}, AdjustRet: true}
	call.Func.SetLine(c.Line())
	call.SetLine(c.Line())
	call.SetLastLine(c.LastLine())
	for {
		call.Args = append(call.Args, c.Lhs)
		next, ok := c.Rhs.(*ast.StringConcatOpExpr)
		if !ok {
			call.Args = append(call.Args, c.Rhs)
			return call
		}
		c = next
	}
}

// answer is what a script says: nothing, or a status in Argo CD's words.
type answer struct {
	said            bool
	status, message string
}

// runScript runs a health script on an object as Argo CD does: `obj` is the object, the table that it returns the answer.
func runScript(u *unstructured.Unstructured, source, name string) (answer, error) {
	proto, err := compile(source, name)
	if err != nil {
		return answer{}, err
	}
	l := sandbox()
	defer l.Close()
	l.SetGlobal("obj", luaValue(l, u.Object))
	l.Push(l.NewFunctionFromProto(proto))
	if err := l.PCall(0, 1, nil); err != nil {
		return answer{}, scriptError(err)
	}
	return answerOf(l.Get(-1))
}

func answerOf(value lua.LValue) (answer, error) {
	table, ok := value.(*lua.LTable)
	switch {
	case value == lua.LNil:
		return answer{}, nil
	case !ok:
		return answer{}, fmt.Errorf("the script returns a %s instead of a table", value.Type())
	}
	if key, _ := table.Next(lua.LNil); key == lua.LNil {
		return answer{}, nil
	}
	return answer{said: true, status: lua.LVAsString(table.RawGetString("status")), message: lua.LVAsString(table.RawGetString("message"))}, nil
}

// scriptError is the error of a script without the stack of the interpreter.
func scriptError(err error) error {
	if api, ok := err.(*lua.ApiError); ok && api.Object != nil && api.Object != lua.LNil {
		return fmt.Errorf("the script failed: %s", strings.TrimSpace(api.Object.String()))
	}
	return fmt.Errorf("the script failed: %s", strings.TrimSpace(err.Error()))
}

// luaValue makes a value of JSON one of Lua, as Argo CD does.
func luaValue(l *lua.LState, value any) lua.LValue {
	switch v := value.(type) {
	case bool:
		return lua.LBool(v)
	case float64:
		return lua.LNumber(v)
	case int64:
		return lua.LNumber(v)
	case string:
		return lua.LString(v)
	case []any:
		list := l.CreateTable(len(v), 0)
		for _, item := range v {
			list.Append(luaValue(l, item))
		}
		return list
	case map[string]any:
		table := l.CreateTable(0, len(v))
		for key, item := range v {
			table.RawSetString(key, luaValue(l, item))
		}
		return table
	default:
		return lua.LNil
	}
}
