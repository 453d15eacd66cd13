@NullMarked
package dev.siltstone.rangestore;

import org.jspecify.annotations.NullMarked;
