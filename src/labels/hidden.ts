// Concepts that never become labels. They stay in the tree, where what lies under them is summed up.

/** Nobody searches pictures for these, and nearly every picture would have them. */
const tooGeneral = `
  n00001740 entity, n00001930 physical entity, n00002137 abstraction, n00002684 object, n00003553 whole,
  n00007347 causal agent, n00020827 matter, n00024264 attribute, n00031921 relation, n00033020 communication,
  n00020090 substance, n00019613 substance, n00027167 location, n00027807 shape, n03892891 part, n13809207 part,
  n15046900 solid, n00004258 living thing, n00004475 organism, n00019128 natural object, n00021939 artifact,
  n03932203 piece, n00022903 article, n14778436 agent, n08620061 point, n08578706 geographic point, n02735688 area,
  n09287968 geological formation, n03129123 creation, n04007894 product, n04599396 work, n03733644 measure`;

/** Words for how things are made, sold or used: shop shelves and museum drawers, not what a picture shows. */
const tooAbstract = `
  n03575240 instrumentality, n03183080 device, n03094503 container, n03122748 covering, n03100490 conveyance,
  n03076708 commodity, n03093574 consumer goods, n03257877 durables, n03252064 drygoods, n04341686 structure,
  n03294048 equipment, n03563967 implement, n03574816 instrument, n03738472 mechanism, n03736970 mechanical device,
  n09349797 mechanism, n04170037 self-propelled vehicle, n04014297 protective covering, n03405265 furnishing,
  n04377057 system, n03078287 communication system, n04550840 ware, n04359589 support, n04360501 support,
  n04361095 supporting structure, n04336034 strengthener, n04081844 restraint, n03839993 obstruction,
  n03297735 establishment, n03574555 institution, n03953020 place of business, n03546340 housing,
  n04263760 source of illumination, n03169390 decoration, n02681518 adornment, n04362025 surface,
  n03536348 horizontal surface, n03091374 connection, n02755352 attachment, n03096960 control, n03178782 design,
  n04602044 workplace, n06254669 medium, n06791372 signal, n06793231 sign, n06873571 visual signal,
  n13865483 round shape, n14580897 material, n14939900 fluid, n14940386 liquid, n04453910 top, n02727825 apparatus,
  n02914991 building complex, n09366017 natural depression, n09366317 natural elevation, n04188643 sheet`;

/** Names that biologists and cooks need between what people say: mammal and animal stay, placental does not. */
const tooTechnical = `
  n01466257 chordate, n01471682 vertebrate, n01886756 placental, n01473806 aquatic vertebrate, n01661818 diapsid,
  n01661592 anapsid, n02514825 bony fish, n02528163 teleost fish, n01428580 soft-finned fish,
  n02552171 spiny-finned fish, n01480516 cartilaginous fish, n01482071 elasmobranch, n02399000 ruminant,
  n02394477 even-toed ungulate, n01873982 metatherian, n01524359 passerine, n01525720 oscine,
  n11675842 reproductive structure, n13086908 plant part, n13087625 plant organ, n13083586 vascular plant,
  n00021265 food, n07566340 foodstuff, n07570720 nutriment, n07809096 ingredient`;

const ids = (list: string): string[] => list.match(/\bn\d{8}\b/g) ?? [];

export const hidden: ReadonlySet<string> = new Set([tooGeneral, tooAbstract, tooTechnical].flatMap(ids));
