package dev.siltstone.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.ManualClock;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeteredStoreTest {
    private static final ObjectKey KEY = ObjectKey.of("a");

    private final StoreMeter meter = new StoreMeter();
    private final MeteredStore store = new MeteredStore(new MemoryStore(new ManualClock()), meter);

    @Test
    void countsRequestsAndBytes() throws IOException {
        store.put(KEY, ObjectBody.of(new byte[100]), PutOptions.NONE);
        store.putIfAbsent(KEY, ObjectBody.of(new byte[50]), PutOptions.NONE);
        StoreUsage before = meter.usage();
        try (ObjectContent content = store.get(KEY)) {
            content.stream().readNBytes(30);
        }
        store.get(KEY, 10, 20).readAll();
        assertThatThrownBy(() -> store.head(ObjectKey.of("none")))
                .isInstanceOf(NoSuchObjectException.class);

        assertThat(before.calls())
                .isEqualTo(
                        Map.of(
                                CallKind.PUT,
                                new StoreUsage.Calls(1, 0, 100, 0),
                                CallKind.PUT_IF_ABSENT,
                                new StoreUsage.Calls(1, 0, 50, 0)));
        assertThat(meter.usage().since(before).calls())
                .isEqualTo(
                        Map.of(
                                CallKind.GET,
                                new StoreUsage.Calls(2, 0, 0, 50),
                                CallKind.HEAD,
                                new StoreUsage.Calls(1, 1, 0, 0)));
        assertThat(meter.usage().total()).isEqualTo(new StoreUsage.Calls(5, 1, 150, 50));
    }
}
