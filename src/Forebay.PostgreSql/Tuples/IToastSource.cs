using System.Buffers;
using Forebay.PostgreSql.Pages;

namespace Forebay.PostgreSql.Tuples;

/// <summary>Fetches values that are stored outside their row.</summary>
public interface IToastSource
{
    /// <summary>Appends what is stored, compressed or not, piece by piece.</summary>
    /// <remarks>
    /// It never appends more than <see cref="ToastPointer.StoredLength"/>, and asks for memory only as pieces are
    /// found: a reference that lies about its length costs nothing.
    /// </remarks>
    /// <param name="pointer">The reference.</param>
    /// <param name="output">Where the pieces go.</param>
    /// <returns>What is wrong, or <see cref="DataFault.None"/>.</returns>
    DataFault Fetch(in ToastPointer pointer, IBufferWriter<byte> output);
}
