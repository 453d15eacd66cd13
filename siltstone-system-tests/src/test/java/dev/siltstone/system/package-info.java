/// Tests that start whole processes: kill them, restart them, talk to them as strangers would.
///
/// Nothing here knows the program's classes (but for [dev.siltstone.system.RoomsTest], which looks at all
/// of them): what is tested is the packaged jar ([dev.siltstone.system.Program]), over HTTP
/// ([dev.siltstone.system.HttpConnection]) and its command line.
///
/// `-Dsiltstone.seed=N` repeats a test with chance in it, `-Dsiltstone.rounds=N` sets how often
/// [dev.siltstone.system.KillTest] kills; `-Plong` kills 2,000 times.
@NullMarked
package dev.siltstone.system;

import org.jspecify.annotations.NullMarked;
