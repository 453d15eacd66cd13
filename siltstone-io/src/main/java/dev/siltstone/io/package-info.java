/// The one door to disk and time.
@NullMarked
package dev.siltstone.io;

import org.jspecify.annotations.NullMarked;
