/// The one door to disk and time: files with force, directories, atomic renames, locks, clocks.
///
/// Entry class: [Disk], with [RealDisk] behind it in production and `SimulatedDisk` (in this module's
/// test-jar) wherever a test wants power failures, torn writes, full disks or stalled forces.
///
/// Invariants: nothing here knows a format; nothing here starts a thread; no interrupt closes a file.
@NullMarked
package dev.siltstone.io;

import org.jspecify.annotations.NullMarked;
