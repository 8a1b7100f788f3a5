/*
 * The yardstick of the ring benchmarks: NOPs through a ring, with the raw system calls and nothing else.
 * Same flags, same queue sizes, same work per operation as the C# beside it: clear an entry, fill it, publish,
 * one io_uring_enter per batch, read the completions, give them back.
 */
#define _GNU_SOURCE
#include <linux/io_uring.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct nops
{
    int fd;
    unsigned sq_mask, cq_mask, sq_entries;
    _Atomic unsigned *sq_head, *sq_tail, *cq_head, *cq_tail;
    unsigned tail;
    struct io_uring_sqe *sqes;
    struct io_uring_cqe *cqes;
    void *queues;
    size_t queues_length, sqes_length;
};

void *nops_open(unsigned entries, unsigned completions, unsigned flags)
{
    struct io_uring_params p = { .flags = flags, .cq_entries = completions };
    int fd = (int)syscall(__NR_io_uring_setup, entries, &p);
    if (fd < 0)
        return NULL;
    struct nops *n = calloc(1, sizeof *n);
    size_t sq_end = p.sq_off.array + p.sq_entries * sizeof(unsigned);
    size_t cq_end = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
    n->fd = fd;
    n->queues_length = sq_end > cq_end ? sq_end : cq_end;
    n->sqes_length = p.sq_entries * sizeof(struct io_uring_sqe);
    char *q = mmap(NULL, n->queues_length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, IORING_OFF_SQ_RING);
    n->queues = q;
    n->sqes = mmap(NULL, n->sqes_length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, IORING_OFF_SQES);
    n->sq_head = (_Atomic unsigned *)(q + p.sq_off.head);
    n->sq_tail = (_Atomic unsigned *)(q + p.sq_off.tail);
    n->sq_mask = *(unsigned *)(q + p.sq_off.ring_mask);
    n->sq_entries = p.sq_entries;
    n->cq_head = (_Atomic unsigned *)(q + p.cq_off.head);
    n->cq_tail = (_Atomic unsigned *)(q + p.cq_off.tail);
    n->cq_mask = *(unsigned *)(q + p.cq_off.ring_mask);
    n->cqes = (struct io_uring_cqe *)(q + p.cq_off.cqes);
    if (!(flags & (1u << 16))) /* without NO_SQARRAY position i means entry i */
    {
        unsigned *array = (unsigned *)(q + p.sq_off.array);
        for (unsigned i = 0; i < p.sq_entries; i++)
            array[i] = i;
    }
    n->tail = atomic_load(n->sq_tail);
    return n;
}

/* Returns the sum of the user data that came back, or -1. */
int64_t nops_run(struct nops *n, int batch, int batches)
{
    int64_t sum = 0;
    for (int b = 0; b < batches; b++)
    {
        for (int i = 0; i < batch; i++)
        {
            if (n->tail - atomic_load_explicit(n->sq_head, memory_order_acquire) >= n->sq_entries)
                return -1;
            struct io_uring_sqe *e = &n->sqes[n->tail & n->sq_mask];
            memset(e, 0, sizeof *e);
            e->opcode = IORING_OP_NOP;
            e->fd = -1;
            e->user_data = (uint64_t)i;
            n->tail++;
        }
        atomic_store_explicit(n->sq_tail, n->tail, memory_order_release);
        if (syscall(__NR_io_uring_enter, n->fd, batch, 0, 0, NULL, 0) != batch)
            return -1;
        unsigned head = atomic_load_explicit(n->cq_head, memory_order_relaxed);
        unsigned tail = atomic_load_explicit(n->cq_tail, memory_order_acquire);
        if (tail - head != (unsigned)batch)
            return -1;
        for (; head != tail; head++)
            sum += (int64_t)n->cqes[head & n->cq_mask].user_data;
        atomic_store_explicit(n->cq_head, head, memory_order_release);
    }
    return sum;
}

void nops_close(struct nops *n)
{
    munmap(n->sqes, n->sqes_length);
    munmap(n->queues, n->queues_length);
    close(n->fd);
    free(n);
}
