/// Replicates SQLite databases while others write them, and restores them, in Litestream's layouts.
///
/// Entry classes: [Restore], [Levels].
@NullMarked
package dev.siltstone.sqlite.replica;

import org.jspecify.annotations.NullMarked;
