namespace Forebay.Tidy.Api;

public sealed class ApiTextTests
{
    private const string Prefix = "Forebay.Tidy.Api.ApiTextTests.";

    [Fact]
    public void Of_Enum_WritesBaseAndValues() => Assert.Equal(
        ["Colour: public enum : byte", "Colour: Green = 7", "Colour: Red = 0"], Lines(typeof(Colour)));

    [Fact]
    public void Of_Delegate_WritesItsSignature() => Assert.Equal(
        ["Reader<T>: public delegate int Invoke(T source, out long? length) where T : struct"],
            Lines(typeof(Reader<>)));

    [Fact]
    public void Of_Class_WritesWhatOutsideCodeCanName() => Assert.Equal(
        [
            "Sample: public abstract class : ICloneable",
            "Sample: ApiTextTests.Colour Colour { get; protected set; }",
            "Sample: Dictionary<string, List<object?>?>? Map { get; }",
            "Sample: abstract ValueTask<int> Read(Memory<byte> page, CancellationToken cancellationToken = default)",
            "Sample: byte this[int index] { get; }",
            "Sample: const int Limit = 3",
            "Sample: event EventHandler Changed",
            "Sample: override string ToString()",
            "Sample: protected new(string? name = default, params int[] values)",
            "Sample: required string Name { get; init; }",
            "Sample: static ApiTextTests.Sample? op_Addition(ApiTextTests.Sample? left, in ApiTextTests.Point<int> at)",
            "Sample: virtual object Clone()",
        ],
        Lines(typeof(Sample)));

    [Fact]
    public void Of_Struct_WritesRefsAndReadOnly() => Assert.Equal(
        [
            "Point<T>: public readonly ref struct where T : unmanaged",
            "Point<T>: int X { get; }",
            "Point<T>: new(Span<T> span)",
            "Point<T>: ref T Find(ref int from)",
            "Point<T>: ref readonly T First { get; }",
        ],
        Lines(typeof(Point<>)));

    [Fact]
    public void Of_NestedGeneric_WritesItsOwnConstraints() => Assert.Equal(
        [
            "Point<T>.Inner<TItem>: public class where TItem : class, new()",
            "Point<T>.Inner<TItem>: T? Of(TItem item)",
            "Point<T>.Inner<TItem>: new()",
        ],
        Lines(typeof(Point<>.Inner<>)));

    private static IEnumerable<string> Lines(Type type) => ApiText.Of([type]).Select(line => line[Prefix.Length..]);

    public enum Colour : byte { Red = 0, Green = 7 }

    public delegate int Reader<in T>(T source, out long? length)
        where T : struct;

    public abstract class Sample : ICloneable
    {
        public const int Limit = 3;
        private int _hidden;

        protected Sample(string? name = null, params int[] values) => Name = name + values.Length;

        public event EventHandler? Changed;

        public required string Name { get; init; }

        public Colour Colour { get; protected set; }

        public Dictionary<string, List<object?>?>? Map => null;

        public byte this[int index] => (byte)(index + _hidden);

        public static Sample? operator +(Sample? left, in Point<int> at) => at.X == 0 ? left : null;

        public abstract ValueTask<int> Read(Memory<byte> page, CancellationToken cancellationToken = default);

        public virtual object Clone() => MemberwiseClone();

        internal void Hidden() => Changed?.Invoke(this, EventArgs.Empty);

        public override string ToString() => "";

        private protected void Inside() => _hidden++;
    }

    public readonly ref struct Point<T>(Span<T> span)
        where T : unmanaged
    {
        private readonly Span<T> _span = span;

        public int X => _span.Length;

        public ref readonly T First => ref _span[0];

        public ref T Find(scoped ref int from) => ref _span[from];

        public class Inner<TItem> where TItem : class, new()
        {
            public T? Of(TItem item) => item is null ? null : default(T);
        }
    }
}
