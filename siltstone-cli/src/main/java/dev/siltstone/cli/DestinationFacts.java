package dev.siltstone.cli;

import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.sqlite.ltx.Txid;
import dev.siltstone.sqlite.replica.Destination;
import dev.siltstone.sqlite.replica.LocalState;
import dev.siltstone.sqlite.replica.ReplicaRuntime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a destination has of a database that is replicated to it.
///
/// @param url as the replicator wrote it down
/// @param facts `url`; if it could be asked also `remoteTxid`, `lagTransactions`, `lagSeconds` (how long the
///     oldest transaction that is not there has been waiting), `backlogBytes`, `lastConfirmed`; else `problem`
/// @param failure why it could not be asked; null if it could
record DestinationFacts(
        String url, Map<String, @Nullable Object> facts, @Nullable IOException failure) {

    static DestinationFacts of(String url, LocalState local, ReplicaRuntime runtime) {
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        facts.put("destination", url);
        try (Destination destination =
                Destination.openForReading(ReplicaUrl.of(url).store(), runtime)) {
            add(facts, ReplicaFacts.of(destination.remote()), local, runtime.time().instant());
            return new DestinationFacts(url, facts, null);
        } catch (IllegalArgumentException e) {
            return failed(url, facts, new IOException(e.getMessage(), e));
        } catch (IOException e) {
            return failed(url, facts, e);
        }
    }

    private static void add(
            Map<String, @Nullable Object> facts,
            ReplicaFacts remote,
            LocalState local,
            Instant now) {
        Txid there = remote.txid();
        facts.put("remoteTxid", there.toString());
        facts.put(
                "lagTransactions",
                local.newest().isAfter(there) ? local.newest().value() - there.value() : 0L);
        facts.put(
                "lagSeconds",
                local.waitingSince(there)
                        .map(since -> Math.max(0, Duration.between(since, now).toSeconds()))
                        .orElse(0L));
        facts.put("backlogBytes", local.after(there).stream().mapToLong(RangeFile::bytes).sum());
        facts.put("lastConfirmed", remote.listed() == null ? null : remote.listed().toString());
    }

    private static DestinationFacts failed(
            String url, Map<String, @Nullable Object> facts, IOException failure) {
        facts.put("problem", FailureReport.message(failure));
        return new DestinationFacts(url, facts, failure);
    }
}
