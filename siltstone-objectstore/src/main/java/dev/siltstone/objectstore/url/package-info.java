/// Where a URL becomes a store: the one place that knows them all.
///
/// Entry classes: [StoreUrl], [StoreFactory].
@NullMarked
package dev.siltstone.objectstore.url;

import org.jspecify.annotations.NullMarked;
