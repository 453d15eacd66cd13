package dev.siltstone.server.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkMemoryTest {
    private static ChunkMemory memory(String kind) {
        return kind.equals("pooled") ? new ChunkMemory.Pooled() : new ChunkMemory.OnHeap();
    }

    private static String body(ChunkMemory memory, String content, boolean json) {
        ByteBuffer bytes = memory.apply(content.length());
        ByteBuf body = memory.body(bytes.put(content.getBytes(US_ASCII)).flip(), json);
        try {
            return body.toString(US_ASCII);
        } finally {
            assertThat(body.release() || content.isEmpty()).as("nobody else holds it").isTrue();
            memory.drop();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pooled", "on the heap"})
    void makesAnArrayOfMessages(String kind) {
        assertThat(body(memory(kind), "1,{\"a\":2},", true)).isEqualTo("[1,{\"a\":2}]");
        assertThat(body(memory(kind), "", true)).isEqualTo("[]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pooled", "on the heap"})
    void leavesOtherBytesAsTheyAre(String kind) {
        assertThat(body(memory(kind), "1,2,", false)).isEqualTo("1,2,");
        assertThat(body(memory(kind), "", false)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pooled", "on the heap"})
    void canBeDroppedAtAnyTime(String kind) {
        ChunkMemory memory = memory(kind);
        memory.drop();
        memory.apply(10);
        memory.drop();
        memory.drop();

        assertThat(body(memory, "again", false)).isEqualTo("again");
    }
}
