/// Tests that start whole processes: kill them, restore them, talk to them.
@NullMarked
package dev.siltstone.system;

import org.jspecify.annotations.NullMarked;
