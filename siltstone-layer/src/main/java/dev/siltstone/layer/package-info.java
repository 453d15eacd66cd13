/// Directory trees in object storage: a tree is the stream of its own tar, cut into frames at places that do not
/// move when something else changes. New frames travel in packs, a manifest lists them, and a numbered log of
/// commits, put if absent, is the only thing that two writers share.
///
/// ```
///   TarSource --> TarFramer --> FramePipeline --> PackWriter --> packs/<session>/<number>
///                 (cuts)        (hash, pack)  '-> PageBuilder --> Push --> log/<number>
///
///   log --> Layer --> ManifestReader --> FrameWindows --> TarStream, Export
///   log --> Gc: condemn, delete, gone
/// ```
///
/// Entry classes: [LayerStore], [Layer]. The bytes: [RecordFormat], [StateFormat], [PackFormat], [PageFormat],
/// [PlacementFormat], [ManifestFormat]; where is cut: [Cuts]. What keeps gc and pushes apart: [LogState].
///
/// Invariants: a record of the log is never changed or deleted; a key is never used twice; an object is deleted only
/// after the log says so; a commit names only packs that are there; no byte is given that was not proven; nothing
/// here knows what a tar's headers mean.
@NullMarked
package dev.siltstone.layer;

import org.jspecify.annotations.NullMarked;
