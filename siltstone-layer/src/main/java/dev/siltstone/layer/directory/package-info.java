/// Directories of this machine as layers of a store, and back: where the tree half ([dev.siltstone.layer.tree]) and the
/// store half ([dev.siltstone.layer]) meet.
///
/// ```
///   TreeWalk --> TreeSource --> TreeEntry --> LayerStore.push            TreePush
///                    '-- TreeMemory: change cache + known frames
///
///   Layer.tarAt --> TarReader --> TreeExtraction --> the directory       TreePull
/// ```
///
/// Entry classes: [TreePush], [TreePull]. The bytes of its own: [KnownFramesFormat].
///
/// Invariants: a file is read once per push, or not at all; what is remembered may be lost at any time and costs reads
/// only; nothing of a pull is visible before all of it is.
@NullMarked
package dev.siltstone.layer.directory;

import org.jspecify.annotations.NullMarked;
