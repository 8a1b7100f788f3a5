namespace Forebay.Buffers;

/// <summary>How a page's contents are locked.</summary>
public enum ContentLockMode
{
    /// <summary>May read; together with other readers and one share-exclusive holder.</summary>
    Shared,

    /// <summary>May read and write the page out; together with readers, but only one at a time and no writer.</summary>
    ShareExclusive,

    /// <summary>May change the page; alone.</summary>
    Exclusive,
}
