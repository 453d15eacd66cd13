/// Serves a [dev.siltstone.stream.StreamLog] over HTTP.
///
/// ```
/// cli ──> SiltstoneServer ──> http.HttpListener ──> StreamLog
///            │  settings, who may come in             ^
///            └─ ServerSettings, TokenFile             └─ opened and closed by the caller
/// ```
///
/// The entry class is [SiltstoneServer]. This package decides where to listen and whom to let in; what
/// goes over the wire is the matter of the package `http`. Nothing here decides what is stored.
@NullMarked
package dev.siltstone.server;

import org.jspecify.annotations.NullMarked;
