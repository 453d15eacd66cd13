/// The group-commit log.
@NullMarked
package dev.siltstone.journal;

import org.jspecify.annotations.NullMarked;
