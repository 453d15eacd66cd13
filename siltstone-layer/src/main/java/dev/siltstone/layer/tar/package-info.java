/// Tar: what we write, in one form only, and what others wrote.
///
/// ```
///   TarEntry --> TarFormat (the one form) --> TarWriter
///   bytes    --> TarReader (ustar, pax, GNU; hostile until shown otherwise) --> TarEntry
///                    TarPaths, PaxRecords, SparseMap
///   OCI <-- Whiteouts --> OverlayFS
/// ```
///
/// Invariants: the same entries give the same bytes, everywhere and for ever, within a version of [TarFormat]; what
/// cannot be written is an error by name; no path that [TarReader] gives leads out of the tree; nothing is
/// allocated that the archive's own numbers ask for beyond [TarLimits]. Nothing here opens a file.
@NullMarked
package dev.siltstone.layer.tar;

import org.jspecify.annotations.NullMarked;
