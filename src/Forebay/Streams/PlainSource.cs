using System.Runtime.CompilerServices;

namespace Forebay.Streams;

/// <summary>A source without data in the clothes of one that has some, so that looking ahead is written once.</summary>
internal struct PlainSource<TSource>(TSource source) : IBlockSource<NoData>
    where TSource : struct, IBlockSource
{
    /// <summary>The source itself.</summary>
    public TSource Source = source;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryNext(ref NoData data, out uint block) => Source.TryNext(out block);
}
