@NullMarked
package dev.siltstone.sqlite;

import org.jspecify.annotations.NullMarked;
