@NullMarked
package dev.siltstone.objectstore;

import org.jspecify.annotations.NullMarked;
