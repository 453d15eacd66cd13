package dev.siltstone.sqlite.replica;

import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.sqlite.ltx.Txid;
import java.util.List;
import java.util.Optional;

/// The files that make a state, oldest first: each begins at most one transaction behind the end of the one
/// before it. Of all such plans one with the fewest bytes, and of those one with the fewest files. It begins
/// with a file from TXID 1: a snapshot, or another that has everything up to its end.
///
/// Pure: made of a listing alone.
///
/// @param where the files are, for messages
/// @param files at least one
/// @param foreign some names found among the files that mean nothing here, and were ignored
public record RestorePlan(String where, List<RangeFile> files, List<String> foreign) {
    public RestorePlan {
        files = List.copyOf(files);
        foreign = List.copyOf(foreign);
    }

    /// Returns the transaction after which the database is as restored.
    public Txid txid() {
        return new Txid(files.getLast().id().last());
    }

    /// Returns the bytes of all files.
    public long bytes() {
        return files.stream().mapToLong(RangeFile::bytes).sum();
    }

    /// Plans the newest state of a listing.
    ///
    /// @throws NoSuchStateException if there are no files, or some are missing
    static RestorePlan latest(ReplicaListing listing) throws NoSuchStateException {
        Search search = new Search(listing);
        return search.to(search.newestEnd());
    }

    /// Plans the state after a transaction.
    ///
    /// @throws NoSuchStateException if it is in the future, inside a file, or files are missing before it
    static RestorePlan at(ReplicaListing listing, Txid txid) throws NoSuchStateException {
        Search search = new Search(listing);
        long newest = search.newestEnd();
        if (Long.compareUnsigned(txid.value(), newest) > 0) {
            throw new NoSuchStateException(
                    "%s has no transaction %s yet; its newest is %s"
                            .formatted(listing.where(), txid, new Txid(newest)));
        }
        return search.to(txid.value());
    }

    /// Plans the newest state of the files that are older than a time.
    ///
    /// @param older the files older than it
    /// @param all files
    /// @param time for messages
    /// @throws NoSuchStateException if there was no state then, or files are missing before it
    static RestorePlan before(ReplicaListing older, ReplicaListing all, Object time)
            throws NoSuchStateException {
        Search search = new Search(older);
        if (search.chains.newest().isEmpty()) {
            Search everything = new Search(all);
            everything.newestEnd();
            String oldest =
                    everything
                            .oldest()
                            .map("the oldest that can be restored is %s"::formatted)
                            .orElse("nor does anything else there make a whole database");
            throw new NoSuchStateException(
                    "%s has no state of before %s; %s".formatted(all.where(), time, oldest));
        }
        return search.to(search.newestEnd());
    }

    private static final class Search {
        private final ReplicaListing listing;
        private final Chains chains;

        Search(ReplicaListing listing) {
            this.listing = listing;
            this.chains = new Chains(listing.files());
        }

        long newestEnd() throws NoSuchStateException {
            return listing.files().stream()
                    .map(file -> file.id().last())
                    .max(Long::compareUnsigned)
                    .orElseThrow(() -> nothing());
        }

        private NoSuchStateException nothing() {
            String found =
                    listing.foreign().isEmpty()
                            ? ""
                            : "; what is there is something else: "
                                    + String.join(", ", some(listing.foreign()));
            return new NoSuchStateException(
                    listing.where() + " holds no replica: there are no LTX files" + found);
        }

        private static List<String> some(List<String> names) {
            return names.subList(0, Math.min(3, names.size()));
        }

        Optional<String> oldest() {
            return chains.oldest()
                    .flatMap(chains::to)
                    .map(List::getLast)
                    .map(file -> "%s of %s".formatted(new Txid(file.id().last()), file.created()));
        }

        RestorePlan to(long end) throws NoSuchStateException {
            Optional<List<RangeFile>> files = chains.to(end);
            if (files.isEmpty()) {
                throw unreachable(end);
            }
            return new RestorePlan(listing.where(), files.get(), listing.foreign());
        }

        private NoSuchStateException unreachable(long end) {
            boolean isEnd = listing.files().stream().anyMatch(file -> file.id().last() == end);
            Optional<RangeFile> around =
                    listing.files().stream()
                            .filter(file -> file.id().contains(end))
                            .min((a, b) -> Long.compareUnsigned(a.id().last(), b.id().last()));
            String what =
                    !isEnd && around.isPresent()
                            ? "lies inside %s, and only ends of files can be restored"
                                    .formatted(around.get().id())
                            : missing(end);
            return new NoSuchStateException(
                    "%s: transaction %s %s; %s"
                            .formatted(listing.where(), new Txid(end), what, nearest(end)));
        }

        /// Says which transactions are missing before a state: those between the newest state before it and
        /// the next file.
        private String missing(long end) {
            long have = chains.below(end).orElse(0L);
            long next =
                    listing.files().stream()
                            .filter(file -> Long.compareUnsigned(file.id().last(), end) <= 0)
                            .map(file -> file.id().first())
                            .filter(first -> Long.compareUnsigned(first, have + 1) > 0)
                            .min(Long::compareUnsigned)
                            .orElse(end + 1);
            return "needs transactions %s to %s, and no file has them"
                    .formatted(new Txid(have + 1), new Txid(next - 1));
        }

        private String nearest(long end) {
            Optional<Long> below = chains.below(end);
            Optional<Long> above = chains.above(end);
            if (below.isEmpty() && above.isEmpty()) {
                return "nothing there can be restored";
            }
            String before = below.map(txid -> new Txid(txid) + " before it").orElse("");
            String behind = above.map(txid -> new Txid(txid) + " after it").orElse("");
            String both = before.isEmpty() || behind.isEmpty() ? "" : " and ";
            return "the nearest that can be restored: " + before + both + behind;
        }
    }
}
