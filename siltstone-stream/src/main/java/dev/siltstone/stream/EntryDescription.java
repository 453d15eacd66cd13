package dev.siltstone.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a journal entry says, for people and their tools: names and numbers, never the stream's bytes.
///
/// @param kind opened, created, appended, deleted, expired or touched
/// @param facts by name, in the order in which one would tell them; texts, numbers and truths
public record EntryDescription(String kind, Map<String, Object> facts) {
    /// Describes an entry.
    ///
    /// @param position of the entry in the log: the stream id, if it creates one
    /// @param payload as the journal returns it; read, not changed
    /// @throws IOException if this version cannot read it; the message says why
    public static EntryDescription of(long position, ByteBuffer payload) throws IOException {
        Entry entry = EntryFormat.decode(payload.duplicate());
        Facts facts = new Facts();
        facts.and("time", Instant.ofEpochMilli(entry.time()).toString());
        return switch (entry) {
            case Entry.Opened opened ->
                    facts.and("writerEpoch", opened.writerEpoch()).describe("opened");
            case Entry.Created created -> created(position, created, facts);
            case Entry.Appended appended -> appended(appended, facts);
            case Entry.Deleted deleted ->
                    facts.and("stream", deleted.streamId()).describe("deleted");
            case Entry.Expired expired ->
                    facts.and("stream", expired.streamId()).describe("expired");
            case Entry.Touched touched ->
                    facts.and("stream", touched.streamId()).describe("touched");
        };
    }

    private static EntryDescription created(long position, Entry.Created created, Facts facts) {
        facts.and("stream", position)
                .and("path", created.path())
                .and("contentType", created.contentType());
        switch (created.lifetime()) {
            case Lifetime.Forever _ -> {}
            case Lifetime.IdleFor idle -> facts.and("ttlSeconds", idle.seconds());
            case Lifetime.Until until -> facts.and("expiresAt", until.time().toString());
        }
        Entry.Fork fork = created.fork();
        if (fork != null) {
            facts.and("forkedFrom", fork.sourceId()).and("forkByte", fork.forkByte());
        }
        return facts.and(created.content()).and("closed", created.closed()).describe("created");
    }

    private static EntryDescription appended(Entry.Appended appended, Facts facts) {
        facts.and("stream", appended.streamId())
                .and("wireByte", appended.wireByte())
                .and(appended.content());
        Producer producer = appended.producer();
        if (producer != null) {
            facts.and("producer", producer.id())
                    .and("producerEpoch", producer.producerEpoch())
                    .and("producerSequence", producer.sequence());
        }
        return facts.and("streamSeq", appended.streamSeq())
                .and("closed", appended.close())
                .describe("appended");
    }

    private static final class Facts {
        private final Map<String, Object> facts = new LinkedHashMap<>();

        /// Adds a fact, unless there is none.
        Facts and(String name, @Nullable Object value) {
            if (value != null) {
                facts.put(name, value);
            }
            return this;
        }

        Facts and(Entry.Content content) {
            facts.put("bytes", (long) content.length());
            if (content.messages() > 0) {
                facts.put("messages", (long) content.messages());
            }
            return this;
        }

        EntryDescription describe(String kind) {
            return new EntryDescription(kind, Collections.unmodifiableMap(facts));
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(kind);
        facts.forEach((name, value) -> text.append(' ').append(name).append('=').append(value));
        return text.toString();
    }
}
