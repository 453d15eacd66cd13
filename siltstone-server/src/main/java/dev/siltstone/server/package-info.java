/// HTTP: protocol, auth, metrics; wiring and configuration.
@NullMarked
package dev.siltstone.server;

import org.jspecify.annotations.NullMarked;
