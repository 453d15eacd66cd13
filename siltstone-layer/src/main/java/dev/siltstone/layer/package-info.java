/// Directory trees in object storage: a tree is the stream of its own tar, cut into frames at places that do not
/// move when something else changes. New frames travel in packs, a manifest lists them, and a numbered log of
/// commits, put if absent, is the only thing that two writers share.
@NullMarked
package dev.siltstone.layer;

import org.jspecify.annotations.NullMarked;
