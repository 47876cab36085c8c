/* An album by one program: every song from its stems to its FLAC and its place on the CD.
 *
 *     monolith ALBUM OUT SESSION JOBS
 *
 * What a session asks for is in `by_c.py`, which compiles this with the numbers of `chain.py`.
 * A song streams through in one pass: strips, hall and slap, mix (float, on disk), shelf; from
 * there at 48 kHz and, resampled, at 44.1 kHz: limiter, meter, dither. Songs run in threads.
 */

#define _GNU_SOURCE
#include <FLAC/stream_encoder.h>
#include <fcntl.h>
#include <pthread.h>
#include <soxr.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xmmintrin.h>

#include "monolith/master.h"
#include "monolith/room.h"
#include "monolith/strip.h"

enum { SECTOR = 588, HEADER = 44, FRAME_BYTES = 6, FORGET = 1 << 22 };

typedef struct {
    char name[256];
    int64_t frames, cd_frames, cd_start; /* of the mix; of the track, and where it begins */
    int64_t gap;                         /* frames of silence after it in its FLAC */
    int count;
    strip *strips;
    double figures[2][2]; /* LUFS and dBTP, at 48 and at 44.1 kHz */
} song;

/* From a premaster at one rate to where its samples go. */
typedef struct master {
    limiter *limiter;
    meter *meter;
    double block[2 * BLOCK];
    int64_t filled, early, left; /* frames waiting; before the first that counts; to go */
    uint64_t noise;
    double steps; /* to full scale */
    int32_t whole[2 * BLOCK];
    FLAC__StreamEncoder *flac;
    int disc;
    off_t place;
} master;

static song *songs;
static int song_count, disc;
static const char *album, *out;
static atomic_int next_song;
static detectors peak_detectors;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void put(uint8_t *to, uint32_t value, int bytes) {
    for (int k = 0; k < bytes; k++) to[k] = (uint8_t)(value >> 8 * k);
}

static void wave_header(uint8_t h[HEADER], int tag, int rate_hz, int bits, int64_t frames) {
    const uint32_t frame = (uint32_t)bits / 4, data = frame * (uint32_t)frames;
    memcpy(h, "RIFF....WAVEfmt ....................data....", HEADER);
    put(h + 4, HEADER - 8 + data, 4);
    put(h + 16, 16, 4);
    put(h + 20, (uint32_t)tag, 2);
    put(h + 22, 2, 2);
    put(h + 24, (uint32_t)rate_hz, 4);
    put(h + 28, (uint32_t)rate_hz * frame, 4);
    put(h + 32, frame, 2);
    put(h + 34, (uint32_t)bits, 2);
    put(h + 40, data, 4);
}

static void map_stem(strip *s, const char *file) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", album, file);
    const int fd = open(path, O_RDONLY);
    struct stat about;
    if (fd < 0 || fstat(fd, &about) != 0) fail(path);
    const uint8_t *at = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (at == MAP_FAILED) fail(path);
    close(fd);
    const uint8_t *end = at + about.st_size;
    uint32_t size = 0;
    for (at += 12; at + 8 <= end; at += 8 + size + (size & 1)) {
        memcpy(&size, at + 4, sizeof size);
        if (memcmp(at, "data", 4) == 0) break;
        if (memcmp(at, "fmt ", 4) == 0 && (at[10] != 2 || at[22] != 24)) fail("not 24-bit stereo");
    }
    s->pcm = at + 8;
    s->frames = size / FRAME_BYTES;
}

/* Lines of a session: `song NAME FRAMES STEMS`, then `FILE LEFT RIGHT HALL SLAP` for each stem. */
static void read_session(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file || fscanf(file, "%d", &song_count) != 1) fail(path);
    songs = zeros(sizeof *songs * (size_t)song_count);
    int64_t start = 0;
    for (song *s = songs; s < songs + song_count; s++) {
        if (fscanf(file, " song %255s %ld %d", s->name, &s->frames, &s->count) != 3) fail(path);
        s->strips = zeros(sizeof *s->strips * (size_t)s->count);
        for (strip *each = s->strips; each < s->strips + s->count; each++) {
            char stem[2048];
            if (fscanf(file, " %2047s %lf %lf %lf %lf", stem, &each->gain[0], &each->gain[1],
                       &each->hall, &each->slap) != 5)
                fail(path);
            map_stem(each, stem);
            each->silent = RINGS + 2 * BLOCK;
        }
        s->cd_frames = (2 * s->frames * CD_RATE_HZ + RATE_HZ) / (2 * RATE_HZ);
        s->cd_start = start;
        start += (s->cd_frames + SECTOR - 1) / SECTOR * SECTOR + (int64_t)(GAP_S * CD_RATE_HZ);
        s->gap = s + 1 < songs + song_count ? (int64_t)(GAP_S * RATE_HZ) : 0;
    }
    fclose(file);
}

static void open_disc(void) {
    char path[4096];
    uint8_t header[HEADER];
    const song *last = songs + song_count - 1;
    const int64_t frames = last->cd_start + (last->cd_frames + SECTOR - 1) / SECTOR * SECTOR;
    snprintf(path, sizeof path, "%s/cd.wav", out);
    disc = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    wave_header(header, 1, CD_RATE_HZ, 16, frames);
    if (disc < 0 || pwrite(disc, header, HEADER, 0) != HEADER) fail(path);
    if (ftruncate(disc, HEADER + 4 * frames) != 0) fail(path);
}

static FLAC__StreamEncoder *open_flac(const song *s) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.flac", out, s->name);
    FLAC__StreamEncoder *flac = FLAC__stream_encoder_new();
    FLAC__stream_encoder_set_channels(flac, 2);
    FLAC__stream_encoder_set_bits_per_sample(flac, 24);
    FLAC__stream_encoder_set_sample_rate(flac, RATE_HZ);
    FLAC__stream_encoder_set_compression_level(flac, 5);
    FLAC__stream_encoder_set_total_samples_estimate(flac, (FLAC__uint64)(s->frames + s->gap));
    if (FLAC__stream_encoder_init_file(flac, path, NULL, NULL)) fail(path);
    return flac;
}

static master *open_master(double rate_hz, int bits, int64_t frames) {
    master *m = zeros(sizeof *m);
    m->limiter = open_limiter(rate_hz);
    m->meter = open_meter(rate_hz);
    m->early = m->limiter->late;
    m->left = frames;
    m->steps = (double)(1 << (bits - 1));
    return m;
}

/* Triangular noise of one step either way, from a counter: splitmix64. */
static inline double triangular(uint64_t place) {
    uint64_t x = place * UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    x ^= x >> 31;
    return (double)((int64_t)(x >> 32) + (int64_t)(x & 0xffffffff) - 0xffffffff) * 0x1p-32;
}

static void dither(master *m, const double *sound, int64_t samples) {
    for (int64_t i = 0; i < samples; i += 2) {
        const int noisy = sound[i] != 0.0 || sound[i + 1] != 0.0;
        for (int64_t c = i; c < i + 2; c++) {
            const double noise = noisy ? triangular(m->noise + (uint64_t)c) : 0.0;
            const double value = sound[c] * m->steps + noise;
            const double least = -m->steps, most = m->steps - 1.0;
            m->whole[c] = (int32_t)lrint(value < least ? least : value > most ? most : value);
        }
    }
    m->noise += (uint64_t)samples;
}

static void deliver(master *m, const double *sound, int64_t frames) {
    dither(m, sound, 2 * frames);
    if (m->flac) {
        if (!FLAC__stream_encoder_process_interleaved(m->flac, m->whole, (uint32_t)frames))
            fail("flac");
        return;
    }
    int16_t narrow[2 * BLOCK];
    for (int64_t i = 0; i < 2 * frames; i++) narrow[i] = (int16_t)m->whole[i];
    if (pwrite(disc, narrow, (size_t)(4 * frames), m->place) != 4 * frames) fail("cd.wav");
    m->place += 4 * frames;
}

static void master_block(master *m) {
    double sound[2 * BLOCK];
    limit(m->limiter, &peak_detectors, m->block, sound);
    m->filled = 0;
    const int64_t skipped = m->early < BLOCK ? m->early : BLOCK;
    m->early -= skipped;
    const int64_t count = BLOCK - skipped < m->left ? BLOCK - skipped : m->left;
    if (count < BLOCK - skipped) memset(sound + 2 * (skipped + count), 0,
                                        sizeof *sound * (size_t)(2 * (BLOCK - skipped - count)));
    find_peak(m->meter, &peak_detectors, sound);
    weigh(m->meter, sound + 2 * skipped, count);
    deliver(m, sound + 2 * skipped, count);
    m->left -= count;
}

static void master_take(master *m, const double *sound, int64_t frames) {
    while (frames > 0) {
        const int64_t room = BLOCK - m->filled, count = frames < room ? frames : room;
        memcpy(m->block + 2 * m->filled, sound, sizeof *sound * (size_t)(2 * count));
        m->filled += count;
        sound += 2 * count;
        frames -= count;
        if (m->filled == BLOCK) master_block(m);
    }
}

/* Lets the last frames out; gives loudness and peak, and closes. */
static void master_finish(master *m, double figures[2]) {
    static const double silence[2 * BLOCK];
    while (m->left > 0) master_take(m, silence, BLOCK);
    find_peak(m->meter, &peak_detectors, silence);
    figures[0] = integrated_lufs(m->meter);
    figures[1] = 20.0 * log10(m->meter->peak);
    free(m->limiter);
    free(m->meter->slots);
    free(m->meter);
    free(m);
}

/* The strips of a block, two at a time as they wake, with their sends; `idle` is silent. */
static void sum_strips(song *s, const strip_settings *set, strip *idle, int64_t first,
                       double *mix, double *hall, double *slap) {
    static _Thread_local double x[4 * BLOCK] __attribute__((aligned(64)));
    strip *waiting = NULL;
    for (strip *each = s->strips; each < s->strips + s->count; each++) {
        if (!wakes(each, set, first, x + (waiting ? 2 : 0))) continue;
        if (waiting) run_two(set, waiting, each, x, mix, hall, slap);
        waiting = waiting ? NULL : each;
    }
    if (!waiting) return;
    for (int i = 0; i < BLOCK; i++) store_pair(x + 4 * i + 2, (pair){0});
    run_two(set, waiting, idle, x, mix, hall, slap);
}

/* What has been read of stems is let go of: it is in the file cache, and not ours to keep. */
static void forget(const song *s, int64_t first) {
    if (first * FRAME_BYTES % FORGET >= BLOCK * FRAME_BYTES || first == 0) return;
    for (const strip *each = s->strips; each < s->strips + s->count; each++) {
        const uintptr_t end = (uintptr_t)(each->pcm + FRAME_BYTES * first) & ~UINT64_C(4095);
        madvise((void *)(end - FORGET), FORGET, MADV_DONTNEED);
    }
}

typedef struct {
    FILE *mix;
    biquad shelf;
    pair z[2];
    soxr_t resampler;
    master *wide, *disc; /* at 48 and at 44.1 kHz */
} ways;

static void resample(ways *w, const double *block, int64_t frames) {
    double slow[2 * BLOCK + 64];
    size_t done = 1;
    soxr_process(w->resampler, block, (size_t)frames, NULL, slow, BLOCK, &done);
    while (done > 0) {
        master_take(w->disc, slow, (int64_t)done);
        if (block) break;
        soxr_process(w->resampler, NULL, 0, NULL, slow, BLOCK, &done);
    }
}

/* A block of the mix to its file, through the shelf, and on both ways. */
static void go_on(ways *w, double *mix, int64_t count) {
    float narrow[2 * BLOCK];
    for (int64_t i = 0; i < 2 * count; i++) narrow[i] = (float)mix[i];
    if (fwrite(narrow, 8, (size_t)count, w->mix) != (size_t)count) fail("mix");
    for (int64_t i = 0; i < count; i++)
        store_pair(mix + 2 * i, FILTER(load_pair(mix + 2 * i), w->shelf, w->z[0], w->z[1]));
    master_take(w->wide, mix, count);
    resample(w, mix, count);
}

static ways open_ways(const song *s) {
    char path[4096];
    uint8_t header[HEADER];
    const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT64_I, SOXR_FLOAT64_I);
    const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_VHQ, 0);
    ways w = {.shelf = lowshelf(SHELF_HZ, SHELF_DB, M_SQRT1_2, RATE_HZ)};
    snprintf(path, sizeof path, "%s/%s.wav", out, s->name);
    if (!(w.mix = fopen(path, "wb"))) fail(path);
    wave_header(header, 3, RATE_HZ, 32, s->frames);
    fwrite(header, 1, HEADER, w.mix);
    w.resampler = soxr_create(RATE_HZ, CD_RATE_HZ, 2, NULL, &io, &quality, NULL);
    w.wide = open_master(RATE_HZ, 24, s->frames);
    w.wide->flac = open_flac(s);
    w.disc = open_master(CD_RATE_HZ, 16, s->cd_frames);
    w.disc->place = HEADER + 4 * s->cd_start;
    return w;
}

static void close_ways(ways *w, song *s) {
    static const int32_t silence[2 * BLOCK];
    FLAC__StreamEncoder *flac = w->wide->flac;
    resample(w, NULL, 0);
    soxr_delete(w->resampler);
    master_finish(w->wide, s->figures[0]);
    master_finish(w->disc, s->figures[1]);
    for (int64_t left = s->gap; left > 0; left -= BLOCK)
        FLAC__stream_encoder_process_interleaved(flac, silence,
                                                 (uint32_t)(left < BLOCK ? left : BLOCK));
    if (!FLAC__stream_encoder_finish(flac) || fclose(w->mix) != 0) fail(s->name);
    FLAC__stream_encoder_delete(flac);
}

static void render(song *s) {
    static _Thread_local double mix[2 * BLOCK], hall[2 * BLOCK], slap[2 * BLOCK];
    const strip_settings set = strip_set();
    strip idle = {0};
    room *r = open_room();
    ways w = open_ways(s);
    for (int64_t first = 0; first < s->frames; first += BLOCK) {
        memset(mix, 0, sizeof mix);
        memset(hall, 0, sizeof hall);
        memset(slap, 0, sizeof slap);
        sum_strips(s, &set, &idle, first, mix, hall, slap);
        run_hall(r, hall, mix);
        run_slap(r, slap, mix);
        go_on(&w, mix, s->frames - first < BLOCK ? s->frames - first : BLOCK);
        forget(s, first);
    }
    close_ways(&w, s);
    close_room(r);
}

static void *work(void *nothing) {
    _mm_setcsr(_mm_getcsr() | 0x8040u); /* no denormals */
    for (int at; (at = atomic_fetch_add(&next_song, 1)) < song_count;) render(songs + at);
    return nothing;
}

int main(int count, char **words) {
    pthread_t threads[64];
    if (count != 5) return 2;
    album = words[1], out = words[2];
    const int jobs = atoi(words[4]) < 64 ? atoi(words[4]) : 64;
    read_session(words[3]);
    open_disc();
    set_detectors(&peak_detectors);
    for (int k = 0; k < jobs; k++) pthread_create(threads + k, NULL, work, NULL);
    for (int k = 0; k < jobs; k++) pthread_join(threads[k], NULL);
    for (const song *s = songs; s < songs + song_count; s++)
        printf("%s: %.2f LUFS, %.2f dBTP; CD: %.2f LUFS, %.2f dBTP\n", s->name, s->figures[0][0],
               s->figures[0][1], s->figures[1][0], s->figures[1][1]);
    return close(disc) == 0 ? 0 : 1;
}
