/// Objects under sorted keys: in memory, in a directory, in S3. What their bytes mean, nobody here knows.
///
/// ```
///   caller --> RetryingStore --> MeteredStore --> MemoryStore | DirectoryStore | s3.S3Store
///              (tries again,     (counts what
///               knows its own)    is paid for)
/// ```
///
/// Entry classes: [ObjectStore]; [PartedPut] for bodies of any size; `url.StoreFactory` where URLs become stores.
///
/// Invariants: `putIfAbsent` has one winner, or the store is refused at open; a body that ends early throws;
/// a failure says whether a retry helps and whether it may have happened; one method call is one request; no
/// clock, chance or pause but what constructors were given.
@NullMarked
package dev.siltstone.objectstore;

import org.jspecify.annotations.NullMarked;
