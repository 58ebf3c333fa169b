// What the tabs of GraphiQL begin with: queries that find something in the collection at hand, and say how to ask for more.

/** A small red picture, so that the mutation can be tried as it is. */
const redPicture =
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAMAAAAoLQ9TAAAAA1BMVEXMAAA/z1L+AAAACXBIWXMAAAPoAAAD6AG1e1JrAAAADklEQVQYlWNgGAUMSAAAARAAAVGhZwQAAAAASUVORK5CYII=';

/** As a text of GraphQL. */
const text = (value: string): string => JSON.stringify(value);

export interface Example {
  readonly query: string;
  /** As JSON. */
  readonly variables?: string;
}

/** `label`: the name of one that the collection has. */
export const examplesFor = (collection: string, label: string): readonly Example[] => [
  {
    query: `# Images by label. A label also stands for
# what is below it: "dog" finds beagles.
# Without minConfidence the label rules decide.
query ByLabel {
  images(
    collection: ${text(collection)}
    filter: {
      labels: {
        allOf: [{ name: ${text(label)}, minConfidence: 0.5 }]
      }
    }
    orderBy: { field: CONFIDENCE }
    first: 10
  ) {
    totalCount {
      value
    }
    edges {
      matchedLabels {
        confidence
        label {
          id
          name
        }
      }
      node {
        id
        url
        pageUrl
        alt
        thumbnail
      }
    }
  }
}
`,
  },
  {
    query: `# Words: each must be a label, or stand around
# the image on a page. Facets count what all the
# images that are found are like.
query WordsAndFacets {
  images(
    collection: ${text(collection)}
    filter: {
      text: ${text(label)}
      formats: [JPEG, PNG, GIF, WEBP]
    }
  ) {
    totalCount {
      value
    }
    facets(first: 10) {
      labels {
        count
        label {
          name
        }
      }
      hosts {
        host
        count
      }
    }
    edges {
      relevance
      node {
        url
        labels {
          confidence
          label {
            name
          }
        }
      }
    }
  }
}
`,
  },
  {
    query: `# Page by page: for the next one, put the
# endCursor of this one into the variable.
query NextPage($after: String) {
  images(
    collection: ${text(collection)}
    first: 24
    after: $after
    orderBy: { field: DATE }
  ) {
    nodes {
      url
      fetchedAt
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`,
    variables: '{\n  "after": null\n}\n',
  },
  {
    query: `# A mutation: what is on an image that is sent,
# or (url in place of base64) lies at an address.
# What may go wrong is data, with a code.
mutation Classify($input: ClassifyInput!) {
  classify(input: $input) {
    classification {
      labels(minConfidence: 0.1) {
        confidence
        isAccepted
        label {
          name
        }
      }
      scores {
        name
        score
      }
    }
    errors {
      code
      message
      field
    }
  }
}
`,
    variables: `${JSON.stringify({ input: { image: { base64: redPicture } } }, null, 2)}\n`,
  },
  {
    query: `# How the last crawls went, what failed,
# what is watched, and when the next ones start.
query Crawls {
  crawls(collection: ${text(collection)}, first: 3) {
    id
    state
    startedBy
    startedAt
    counts {
      found
      indexed
      new
      changed
      skipped
      failed
    }
  }
  failures(
    collection: ${text(collection)}
    filter: { subject: IMAGE }
    orderBy: NEWEST
    first: 10
  ) {
    codes {
      code
      count
    }
    nodes {
      url
      stage
      code
      reason
      attempts
      notBefore
    }
  }
  watches(collection: ${text(collection)}) {
    source {
      kind
      address
    }
    isWatched
    lookedAt
    changedAt
    error
  }
  schedules {
    collection
    inWords
    nextTimes
  }
}
`,
  },
];
