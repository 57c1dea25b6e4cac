// Functions without a body in bridge.go need an assembly file beside them.
