/// Tests that start whole processes: kill them, restart them, talk to them as strangers would.
///
/// Nothing here knows the program's classes (but for [dev.siltstone.system.RoomsTest], which looks at all
/// of them): what is tested is the packaged jar ([dev.siltstone.system.Program]), over HTTP
/// ([dev.siltstone.system.HttpConnection]) and its command line.
@NullMarked
package dev.siltstone.system;

import org.jspecify.annotations.NullMarked;
