/// Directory trees of the machine: read in canonical order, compared with what was read before, written so that they
/// appear whole or not at all.
///
/// ```
///   TreeWalk --> WalkedEntry --> (ChangeCache: unchanged?) --> FileContent --> TarEntry + bytes
///   TarEntry + bytes --> TreeExtraction (a hidden sibling) --> publish: one rename
/// ```
///
/// Invariants: nothing of a tree is left out without an error or a warning that names it; an unchanged file is never
/// opened; no entry is made but in a directory that this extraction opened component by component, without following
/// a link; nothing is visible at the destination before all of it is durable.
@NullMarked
package dev.siltstone.layer.tree;

import org.jspecify.annotations.NullMarked;
